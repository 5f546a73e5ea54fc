/** Every step of a workspace's file, oldest first. */
import type { Migration } from '../../migrate.ts'
import { firstTables } from './0001-first-tables.ts'

export const workspaceMigrations: readonly Migration[] = [firstTables]
