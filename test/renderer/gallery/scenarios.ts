/** The moments in which the page is looked at and checked: each puts the fake host into one. */
import type { Model } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { FakeHost } from '../../fixtures/fake-host.ts'
import {
  fakeLocked,
  fakeModel,
  fakeNow,
  fakeOffer,
  fakeReencryption,
  fakeRuntime,
  fakeShelf,
  inMemory,
} from '../../fixtures/fake-nouns.ts'
import { fakeBundle, fakeFound } from '../../fixtures/fake-bundles.ts'
import { chatScenarios } from './chat-scenarios.ts'
import { backupScenarios, questionScenarios, restoreScenarios, workspaceScenarios } from './workspace-scenarios.ts'
import { compareFormScenarios, compareScenarios } from './compare-scenarios.ts'
import { sourceEmptyScenarios, sourceScenarios } from './source-scenarios.ts'

const second = 1000
/** The hash of a file in the catalogue, and so the id of the model that it is. */
const llama1b = '6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83'
const backups = [
  { id: 'b2', madeAt: Date.UTC(2026, 10, 20, 8, 2), sizeBytes: 18_432_000 },
  { id: 'b1', madeAt: Date.UTC(2026, 9, 2, 17, 40), sizeBytes: 12_288_000 },
]

function fresh(host: FakeHost, keychainTrouble: 'no_library' | null): void {
  host.vault.set({ phase: 'new', keychainTrouble })
  host.settings.set({ ...host.settings.value, welcomed: false })
  host.models.set({ models: [], offers: [fakeOffer], imports: [] })
}

function shelf(host: FakeHost): void {
  host.models.set({ models: fakeShelf, offers: [], imports: [] })
  host.runtime.set({
    ...fakeRuntime,
    engine: 'ready',
    ...inMemory('llama-3b', 2_700_000_000),
  })
  host.settings.set({ ...host.settings.value, modelId: 'llama-3b' })
}

/** By name, as the address of the gallery has it. */
export const scenarios: Record<string, (host: FakeHost) => void> = {
  ...chatScenarios,
  ...compareScenarios,
  ...compareFormScenarios,
  ...workspaceScenarios,
  ...questionScenarios,
  ...backupScenarios,
  ...restoreScenarios,
  ...sourceScenarios,
  ...sourceEmptyScenarios,
  new: (host) => fresh(host, null),
  'new-without-keychain': (host) => fresh(host, 'no_library'),
  'new-model': (host) => {
    fresh(host, null)
    host.vault.set({ phase: 'open', protection: 'keychain', keychainTrouble: null })
  },
  'new-no-offer': (host) => {
    fresh(host, null)
    host.vault.set({ phase: 'open', protection: 'passphrase', keychainTrouble: null })
    host.models.set({ models: [], offers: [], imports: [] })
  },
  reencrypting: (host) => host.keys.set({ ...host.keys.value, lastChange: 'wrapped', reencryption: fakeReencryption }),
  'reencrypting-full': (host) =>
    host.keys.set({ ...host.keys.value, reencryption: { ...fakeReencryption, state: 'stopped', trouble: 'disk_full' } }),
  reencrypted: (host) => host.keys.set({ ...host.keys.value, lastChange: 'reencrypted' }),
  'put-back': (host) =>
    host.keys.set({ ...host.keys.value, putBack: { what: 'main_older', mainAt: Date.UTC(2026, 10, 20, 8, 2) } }),
  passphrase: (host) => host.keys.set({ ...host.keys.value, lastChange: 'wrapped' }),
  locked: (host) => host.vault.set(fakeLocked),
  'locked-idle': (host) => host.vault.set({ ...fakeLocked, idleLocked: true }),
  'locked-keychain': (host) => host.vault.set({ ...fakeLocked, protection: 'keychain' }),
  'locked-keychain-trouble': (host) => host.vault.set({ ...fakeLocked, protection: 'keychain', keychainTrouble: 'no_service' }),
  paused: (host) => host.vault.set({ ...fakeLocked, triesLeft: 0, retryAt: Date.now() + 28 * second }),
  damaged: (host) => host.vault.set({ phase: 'damaged', damage: 'database_corrupt', file: 'main.db', backups }),
  'damaged-bare': (host) => host.vault.set({ phase: 'damaged', damage: 'key_missing', file: null, backups: [] }),
  future: (host) => host.vault.set({ phase: 'damaged', damage: 'from_future', file: 'workspaces/personal.db', backups }),
  'no-models': (host) => host.lineages.set({}),
  'only-offer': (host) => host.models.set({ models: [], offers: [fakeOffer], imports: [] }),
  full: shelf,
  managed: (host) => {
    shelf(host)
    const origin = '/etc/alambic/policies/managed/cabinet.json'
    host.settings.set({
      ...host.settings.value,
      requireCard: 'signed',
      idleLockMinutes: 5,
      hub: 'https://models.cabinet.example',
      modelDownloadsEnabled: false,
    })
    host.managed.set({
      requireCard: { origin, unread: true },
      idleLockMinutes: { origin, unread: false },
      hub: { origin, unread: false },
      catalogueKeys: { origin, unread: false },
    })
    const found = { scope: 'machine', level: 'mandatory', origin, counts: true, problem: null } as const
    host.findings.set([
      { ...found, name: 'IdleLockMinutes', setting: 'idleLockMinutes' },
      { ...found, name: 'Hub', setting: 'hub' },
      { ...found, name: 'CatalogueKeys', setting: 'catalogueKeys', scope: 'user' },
      { ...found, name: 'ModelDownloadsEnabled', setting: 'modelDownloadsEnabled' },
      { ...found, name: 'RequireCard', setting: 'requireCard', problem: 'unread' },
      { ...found, name: 'Theme', setting: 'theme', level: 'recommended' },
      { ...found, name: 'IdleLockMinutes', setting: 'idleLockMinutes', scope: 'user', counts: false },
      { ...found, name: 'Nonsense', setting: null, counts: false, problem: 'unknown' },
    ])
  },
  importing: (host) => {
    shelf(host)
    host.models.set({
      models: fakeShelf.slice(0, 2),
      offers: [fakeOffer],
      imports: [{ id: 'i', name: 'mistral-7b-instruct-v0.3.Q4_K_M.gguf', doneBytes: 1_204_000_000, totalBytes: 4_372_812_000 }],
    })
    host.runtime.set({ ...fakeRuntime, engine: 'ready', loading: { modelId: 'llama-3b', fraction: 0.43 } })
  },
  failing: (host) => {
    shelf(host)
    host.models.set({ models: [fakeModel(), ...fakeShelf.slice(2, 3)], offers: [fakeOffer], imports: [] })
    host.runtime.set({ ...fakeRuntime, engine: 'restarting', trouble: { code: 'engine_died', data: {} } })
    host.failures.set('models.import', new AppError('model_truncated', 'Too short'))
    host.failures.set(
      'runtime.load',
      new AppError('out_of_memory', 'Too big', { neededBytes: 5_200_000_000, freeBytes: 1_100_000_000 }),
    )
    host.failures.set('settings.set', new AppError('disk_full', 'Full'))
  },
  embedders: (host) => {
    shelf(host)
    const finder = (id: string, name: string, change: Partial<Model> = {}): Model =>
      fakeModel({
        ...{ id, name, purpose: 'embedder', architecture: 'bert', sizeBytes: 73_819_104, quantisation: 'Q4_0', licence: 'MIT' },
        ...{ starter: false, ...change },
      })
    host.models.set({
      models: [
        ...fakeShelf.slice(0, 1),
        finder('e5', 'multilingual-e5-small', { shipped: true }),
        finder('mini', 'all-MiniLM-L6-v2', { quantisation: 'Q8_0', sizeBytes: 25_000_000, licence: 'Apache-2.0', inPlace: true }),
        finder('gemma', 'embeddinggemma-300M, for long and technical documents', { state: 'checking', licence: null }),
        finder('lost', 'nomic-embed-text-v1.5', { state: 'missing', sizeBytes: 84_000_000, licence: 'Apache-2.0' }),
        finder('ranker', 'bge-reranker-v2-m3', { purpose: 'reranker', sizeBytes: 438_000_000, quantisation: 'Q4_K_M' }),
      ],
      offers: [],
      imports: [{ id: 'i', name: 'bge-m3-q8_0.gguf', doneBytes: 204_000_000, totalBytes: 634_000_000 }],
    })
    host.settings.set({ ...host.settings.value, embedderId: 'mini', rerankerId: 'ranker' })
  },
  bundles: (host) => {
    shelf(host)
    host.found = fakeFound
    host.bundles.set([
      fakeBundle(),
      fakeBundle({ id: 'out', direction: 'export', name: 'For the Lyon office', doneBytes: 1_900_000_000 }),
      fakeBundle({ id: 'failed', name: 'Students of October', state: 'failed', trouble: { code: 'bundle_gone' } }),
      fakeBundle({ id: 'done', name: 'Students of September', state: 'done' }),
      fakeBundle({ id: 'written', direction: 'export', name: 'Basics', state: 'done', folder: 'alambic-bundle-2026-11-24' }),
    ])
  },
  'bundles-dialog': (host) => {
    shelf(host)
    host.desktop = { ...host.desktop, pickFiles: 'dialog', pickFolders: 'dialog' }
    host.found = fakeFound
  },
  'bundles-nowhere': (host) => {
    shelf(host)
    host.folders = []
  },
  students: (host) => {
    shelf(host)
    const on = (id: string, name: string, change: Partial<Model> = {}): Model =>
      fakeModel({
        ...{ id, name, sizeBytes: 48_000_000, starter: false, draftId: null },
        ...{ adapter: { baseId: 'llama-3b', baseName: 'Llama 3.2 3B Instruct', rank: 16, alpha: 32 }, ...change },
      })
    const [first, ...others] = fakeShelf
    if (!first) throw new Error('The shelf is empty')
    host.models.set({
      models: [
        { ...first, draftId: 'b3a1f0c2', catalogueId: 'llama-3.2-3b-instruct-q4_k_m' },
        on('law', 'Tenancy law'),
        on('care', 'Medical letters'),
        on('lost', 'Old student', {
          state: 'no_base',
          adapter: { baseId: 'gone', baseName: 'Mistral 7B v0.1', rank: 8, alpha: 16 },
        }),
        ...others.slice(0, 2),
        fakeModel({ id: llama1b, name: 'Llama 3.2 1B Instruct', sizeBytes: 807_694_464, starter: false }),
      ],
      offers: [],
      imports: [],
    })
    const base = inMemory('llama-3b', 2_700_000_000)
    host.runtime.set({
      ...fakeRuntime,
      ...base,
      engine: 'ready',
      warm: [...base.warm, { modelId: 'law', baseId: 'llama-3b', contextTokens: 8192, memoryBytes: 590_000_000, lastUsedAt: 0 }],
    })
    const fit = Object.values(host.fits.value)[0]
    if (!fit) throw new Error('Nothing fits')
    host.fits.set({
      ...host.fits.value,
      'llama-3b': {
        ...fit,
        ...{ promptTokensPerSecond: 41.3, tokensPerSecond: 8.1, corrected: true },
        fasterId: 'llama-3.2-1b-instruct-q4_k_m',
        draft: { acceptance: 0.26, gain: 0.2 },
      },
      care: { ...fit, verdict: 'tight', corrected: true, largestContextTokens: 12_288 },
      [llama1b]: { ...fit, switchMs: 1400 },
    })
    host.failures.set(
      'models.import',
      new AppError('adapter_other_base', 'Other', {
        baseName: 'Llama 3.2 1B',
        baseId: 'llama-3b',
        name: 'Llama 3.2 3B Instruct',
      }),
    )
  },
  recognition: (host) => {
    shelf(host)
    const added = { shipped: false, sizeBytes: 1_333_102, addedAt: fakeNow, missing: false }
    host.recognition.set([
      ...host.recognition.value,
      ...['chi_sim_vert', 'deu', 'frk', 'uzb_cyrl'].map((code) => ({ code, ...added, missing: code === 'frk' })),
    ])
    host.settings.set({ ...host.settings.value, recognitionLanguages: ['deu', 'fra', 'eng', 'frk'] })
  },
  'own-catalogue': (host) => {
    shelf(host)
    const [builtIn] = host.catalogue.value.sources
    if (!builtIn) throw new Error('There is no catalogue')
    host.settings.set({ ...host.settings.value, catalogueAddress: 'https://models.cabinet-moreau.example/catalogue.json' })
    host.catalogue.set({
      ...host.catalogue.value,
      sources: [
        {
          ...builtIn,
          kind: 'organisation',
          publisher: 'Cabinet Moreau',
          version: 12,
          signer: 'Cabinet Moreau 2026',
          expired: true,
        },
        builtIn,
      ],
      refused: { code: 'catalogue_older', data: { version: 11, known: 12 } },
    })
  },
  connections: (host) => {
    shelf(host)
    const hub = { purpose: 'model_download' as const, port: 443, untilLock: false }
    const entry = { port: 443, sentBytes: 0, receivedBytes: 0, proxy: null }
    host.door.set({
      hosts: ['huggingface.co'],
      asking: { purpose: 'catalogue', host: 'models.cabinet-moreau.example:8443', where: 'browser' },
      consents: [
        {
          ...hub,
          ...{ address: 'https://mirror.cabinet-moreau.example/models', host: 'mirror.cabinet-moreau.example' },
          ...{ givenAt: null, givenBy: 'policy' },
        },
        {
          ...{ purpose: 'link', address: 'https://www.legifrance.gouv.fr', host: 'www.legifrance.gouv.fr', port: 443 },
          ...{ givenAt: fakeNow, givenBy: 'browser', untilLock: true },
        },
        { ...hub, address: 'https://huggingface.co', host: 'huggingface.co', givenAt: fakeNow, givenBy: 'browser' },
      ],
      entries: [
        {
          ...entry,
          id: 4,
          at: fakeNow,
          host: 'huggingface.co',
          purpose: 'model_download',
          outcome: 'open',
          proxy: 'proxy.cabinet-moreau.example:3128',
        },
        { ...entry, id: 3, at: fakeNow, host: 'www.legifrance.gouv.fr', purpose: 'link', outcome: 'passed' },
        { ...entry, id: 2, at: fakeNow, host: 'tracker.example', port: 8443, purpose: 'model_download', outcome: 'refused' },
        {
          ...entry,
          id: 1,
          at: fakeNow,
          host: 'cdn-lfs.hf.co',
          purpose: 'model_download',
          outcome: 'failed',
          receivedBytes: 491_400_064,
        },
      ],
      total: 4,
    })
  },
  keychain: (host) => {
    shelf(host)
    host.vault.set({ phase: 'open', protection: 'keychain', keychainTrouble: null })
  },
}
