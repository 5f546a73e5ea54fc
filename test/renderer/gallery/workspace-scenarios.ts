/** The workspaces' screens in their moments: empty, full, busy, failing. Most have `leases` open. */
import { AppError } from '../../../contract/errors.ts'
import type { FakeHost } from '../../fixtures/fake-host.ts'
import { fakeDocument, fakeDocuments, fakeFolder, manyDocuments } from '../../fixtures/fake-documents.ts'
import { fakeRuns, fallingRuns, manyQuestions } from '../../fixtures/fake-questions.ts'
import { fakeLocked, fakeNow, fakeRuntime, fakeShelf, inMemory } from '../../fixtures/fake-nouns.ts'
import { fakeMatter, fakeMatters } from '../../fixtures/fake-workspaces.ts'

function matters(host: FakeHost): void {
  host.models.set({ models: fakeShelf, offers: [], imports: [] })
  host.runtime.set({ ...fakeRuntime, engine: 'ready', ...inMemory('llama-3b', 2_700_000_000) })
  host.settings.set({ ...host.settings.value, modelId: 'llama-3b' })
  host.workspaces.set(fakeMatters)
}

function full(host: FakeHost): void {
  matters(host)
  host.documents.rows.set(fakeDocuments)
  host.documents.folders.set([fakeFolder])
  host.documents.leftMs = 250_000
  host.questions.fill()
}

function damaged(host: FakeHost): void {
  matters(host)
  const copies = [
    { id: 'a', madeAt: fakeNow - 3 * 86_400_000, sizeBytes: 398_000_000 },
    { id: 'b', madeAt: fakeNow - 9 * 86_400_000, sizeBytes: 371_000_000 },
  ]
  host.workspaces.set(
    fakeMatters.map((matter) => (matter.id === 'leases' ? { ...matter, damage: { what: 'database_corrupt', copies } } : matter)),
  )
}

/** By name, as the address of the gallery has it. */
export const workspaceScenarios: Record<string, (host: FakeHost) => void> = {
  'workspace-full': full,
  'workspace-empty': (host) => {
    matters(host)
    host.workspaces.set([...fakeMatters.slice(0, 1), fakeMatter({ documents: 0, sizeBytes: 0, lastUsedAt: null })])
    host.documents.index.set({ ...host.documents.index.value, passages: 0, embedded: 0 })
  },
  'workspace-busy': (host) => {
    full(host)
    host.documents.rows.set(
      manyDocuments(10_000).map((row, at) => (at % 3 === 1 ? fakeDocument({ ...row, stage: 'waiting', passages: 0 }) : row)),
    )
    host.documents.givesWay.set(true)
    host.documents.index.set({ ...host.documents.index.value, embedded: 4200 })
    host.questions.state.set({ ...host.questions.state.value, running: { done: 5, total: 12, answers: true, waits: true } })
  },
  'workspace-damaged': damaged,
  'workspace-rescued': damaged,
  'workspace-failing': (host) => {
    full(host)
    host.documents.rows.set(fakeDocuments.filter(({ stage }) => stage === 'failed' || stage === 'no_text'))
    host.documents.folders.set([{ ...fakeFolder, missing: true }])
    host.documents.paused.set(true)
    host.documents.index.set({ ...host.documents.index.value, embedderName: null })
    host.questions.state.set({ ...host.questions.state.value, trouble: { code: 'no_model' } })
    host.failures.set('documents.readAgain', new AppError('disk_full', 'Full'))
    host.failures.set('workspaces.export', new AppError('disk_full', 'Full'))
  },
}

/** Settings, Vault in its moments. */
export const backupScenarios: Record<string, (host: FakeHost) => void> = {
  'backup-none': matters,
  'backup-old': (host) => {
    matters(host)
    const last = {
      sequence: 12,
      madeAt: fakeNow - 9 * 86_400_000,
      sizeBytes: 1_240_000_000,
      workspaces: 6,
      leftOut: ['Employment'],
    }
    host.backup.change({ last, isOld: true, recoveryMadeAt: fakeNow - 30 * 86_400_000, place: { name: 'NAS', own: false } })
    host.backup.change({ trouble: { code: 'backup_folder_gone' }, unreached: ['STICK'] })
  },
  'backup-running': (host) => {
    matters(host)
    host.backup.change({ running: { stage: 'copying', doneBytes: 400_000_000, totalBytes: 1_240_000_000 } })
  },
  'backup-code': matters,
  'backup-restore': matters,
}

/** A whole vault that is restored before one is open. */
export const restoreScenarios: Record<string, (host: FakeHost) => void> = {
  'restore-whole': (host) => host.vault.set(fakeLocked),
  'restore-whole-empty': (host) => {
    host.vault.set({ phase: 'damaged', damage: 'database_corrupt', file: 'main.db', backups: [] })
    host.backup.sets = []
  },
  'restore-whole-wrong': (host) => {
    host.vault.set({ phase: 'damaged', damage: 'database_corrupt', file: 'main.db', backups: [] })
    host.failures.set('vault.restoreBackup', new AppError('wrong_passphrase', 'Wrong', { triesLeft: 4, retryAt: null }))
  },
  'restore-whole-paused': (host) => {
    host.vault.set(fakeLocked)
    host.failures.set('vault.restoreBackup', new AppError('too_many_tries', 'Wait', { retryAt: fakeNow }))
  },
}

/** The workspace's test in its moments. */
export const questionScenarios: Record<string, (host: FakeHost) => void> = {
  'questions-new': (host) => {
    full(host)
    host.questions.fill(manyQuestions(3), [])
  },
  'questions-many': (host) => {
    full(host)
    host.documents.rows.set([])
    host.questions.fill(manyQuestions(50), fakeRuns.slice(0, 1))
  },
  'questions-running': (host) => {
    full(host)
    host.questions.state.set({ ...host.questions.state.value, running: { done: 5, total: 12, answers: false, waits: false } })
  },
  'questions-worse': (host) => {
    full(host)
    host.questions.fill(undefined, fallingRuns())
    const before = { rank: 1, sent: true, answer: 1, cited: true, support: 1 }
    const worse = ['question-1', 'question-2', 'question-4'].map((questionId) => ({ questionId, before }))
    const rows = host.questions.state.value.questions
    host.questions.state.set({
      ...{ ...host.questions.state.value, worse },
      questions: rows.map((row) => (row.id === 'question-1' ? { ...row, document: null } : row)),
    })
  },
}
