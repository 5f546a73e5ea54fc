/** Settings of documents and workspaces: what comes in by itself, and what goes out. */
import { z } from 'zod'
import { RecognitionCodes } from '../recognition.ts'
import type { Setting } from './setting.ts'

export const documentSettings = {
  /** Whether folders are watched for documents. A policy only. */
  watchedFoldersEnabled: {
    schema: z.boolean(),
    initial: true,
    clear: false,
    policy: {
      name: 'WatchedFoldersEnabled',
      group: 'documents',
      since: '0.1.0',
      effect: 'at_once',
      closed: false,
      only: true,
      example: true,
      en: {
        title: 'Watch folders',
        help: 'Whether folders may be watched for documents. Folders that are watched already are not read any more; what was read of them stays.',
      },
      fr: {
        title: 'Surveiller des dossiers',
        help: 'Des dossiers peuvent être surveillés pour leurs documents. Ceux qui le sont déjà ne sont plus lus ; ce qui en a été lu reste.',
      },
    },
  },
  /** Whether a workspace can be exported to a file. A policy only. */
  workspaceExportsEnabled: {
    schema: z.boolean(),
    initial: true,
    clear: false,
    policy: {
      name: 'WorkspaceExportsEnabled',
      group: 'documents',
      since: '0.1.0',
      effect: 'at_once',
      closed: false,
      only: true,
      example: false,
      en: { title: 'Export workspaces', help: 'Whether a workspace may be exported to an encrypted file.' },
      fr: { title: 'Exporter des espaces', help: 'Un espace de travail peut être exporté dans un fichier chiffré.' },
    },
  },
  /** Whether a workspace can come in from a file. A policy only. */
  workspaceImportsEnabled: {
    schema: z.boolean(),
    initial: true,
    clear: false,
    policy: {
      name: 'WorkspaceImportsEnabled',
      group: 'documents',
      since: '0.1.0',
      effect: 'at_once',
      closed: false,
      only: true,
      example: true,
      en: { title: 'Import workspaces', help: 'Whether a workspace may come in from an exported file.' },
      fr: { title: 'Importer des espaces', help: 'Un espace de travail peut entrer depuis un fichier exporté.' },
    },
  },
  /** The languages that text in pictures is recognised in, unless others are chosen for a document. */
  recognitionLanguages: { schema: RecognitionCodes, initial: ['eng', 'fra'] as string[], clear: false, policy: null },
} as const satisfies Record<string, Setting>
