/** Every step of the main file, oldest first. */
import type { Migration } from '../../migrate.ts'
import { firstTables } from './0001-first-tables.ts'
import { network } from './0002-network.ts'
import { students } from './0003-students.ts'
import { lineage } from './0004-lineage.ts'
import { catalogues } from './0005-catalogues.ts'
import { hardware } from './0006-hardware.ts'
import { pieces } from './0007-pieces.ts'
import { workspaces } from './0008-workspaces.ts'
import { embedders } from './0009-embedders.ts'
import { recognition } from './0010-recognition.ts'
import { fileIdentities } from './0011-file-identities.ts'
import { audit } from './0012-audit.ts'
import { consents } from './0013-consents.ts'
import { looseFiles } from './0014-loose-files.ts'
import { vaultSequence } from './0015-vault-sequence.ts'
import { backups } from './0016-backups.ts'
import { thinking } from './0017-thinking.ts'
import { auditTree } from './0018-audit-tree.ts'

export const mainMigrations: readonly Migration[] = [
  firstTables,
  network,
  students,
  lineage,
  catalogues,
  hardware,
  pieces,
  workspaces,
  embedders,
  recognition,
  fileIdentities,
  audit,
  consents,
  looseFiles,
  vaultSequence,
  backups,
  thinking,
  auditTree,
]
