/** Every step of a workspace's file, oldest first. */
import type { Migration } from '../../migrate.ts'
import { firstTables } from './0001-first-tables.ts'
import { keptStates } from './0002-kept-states.ts'
import { comparisons } from './0003-comparisons.ts'

export const workspaceMigrations: readonly Migration[] = [firstTables, keptStates, comparisons]
