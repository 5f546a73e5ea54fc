/** Every step of a workspace's file, oldest first. */
import type { Migration } from '../../migrate.ts'
import { firstTables } from './0001-first-tables.ts'
import { keptStates } from './0002-kept-states.ts'
import { comparisons } from './0003-comparisons.ts'
import { documents } from './0004-documents.ts'
import { index } from './0005-index.ts'
import { questions } from './0006-questions.ts'
import { whatComesBack } from './0007-what-comes-back.ts'
import { readingAnew } from './0008-reading-anew.ts'
import { conversationWords } from './0009-conversation-words.ts'
import { drafts } from './0010-drafts.ts'
import { editedAnswers } from './0011-edited-answers.ts'
import { leaves } from './0012-leaves.ts'

export const workspaceMigrations: readonly Migration[] = [
  firstTables,
  keptStates,
  comparisons,
  documents,
  index,
  questions,
  whatComesBack,
  readingAnew,
  conversationWords,
  drafts,
  editedAnswers,
  leaves,
]
