/** The house's import rules bite: each is broken once in a small tree of its own, and the real tree breaks none. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const { options, ...ruleSet } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as Required<IFlattenedRuleSet> & {
  options: ICruiseOptions
}

/** For each rule the imports that must be caught, as `file → what it imports`. A file's path is enough to make it. */
const planted: Record<string, string[]> = {
  'no-cycles': ['contract/one.ts → contract/two.ts'],
  'nothing-unresolved': ['electron/host/a.ts → no-such-package', 'renderer/state/a.ts → ./missing.ts'],
  'contract-is-pure': [
    'contract/a.ts → node:fs',
    'contract/b.ts → ws',
    'contract/c.ts → electron/host/log.ts',
    'contract/d.ts → renderer/main.ts',
  ],
  'nothing-imports-tests': ['electron/host/b.ts → test/fixtures/memory-ports.ts', 'build/a.ts → test/fixtures/memory-ports.ts'],
  'electron-knows-no-page': ['electron/shell/a.ts → renderer/main.ts', 'electron/serve.ts → renderer/main.ts'],
  'host-is-plain-node': [
    'electron/host/c.ts → electron',
    'electron/host/d.ts → electron/shell/window.ts',
    'electron/host/e.ts → electron/loopback/server.ts',
    'electron/host/chat/a.ts → electron/engine/engine.ts',
    'electron/host/chat/b.ts → electron/reader/reader.ts',
    'electron/host/f.ts → electron/main.ts',
    'electron/host/chat/f.ts → electron/worker/parent-port.ts',
    'electron/host/base/d.ts → electron/worker/closed-doors.ts',
    'electron/host/vault/b.ts → electron/porter/porter.ts',
  ],
  'shell-stands-alone': [
    'electron/shell/b.ts → electron/loopback/server.ts',
    'electron/shell/c.ts → electron/engine/engine.ts',
    'electron/shell/d.ts → electron/porter/porter.ts',
  ],
  'loopback-is-plain-node': ['electron/loopback/a.ts → electron', 'electron/loopback/b.ts → electron/shell/window.ts'],
  'workers-stand-alone': [
    'electron/engine/a.ts → electron/host/log.ts',
    'electron/engine/b.ts → electron',
    'electron/engine/c.ts → node:net',
    'electron/reader/a.ts → node:https',
    'electron/porter/a.ts → electron/host/vault/files/encrypted-database.ts',
    'electron/porter/b.ts → node:net',
  ],
  'workers-share-their-line-only': ['electron/worker/a.ts → electron/engine/engine.ts', 'electron/worker/b.ts → node:net'],
  'llama-comes-after-closing': ['electron/engine/llama-engine.ts → node-llama-cpp'],
  'parsers-come-after-closing': ['electron/reader/e.ts → postal-mime'],
  'reader-is-pure': [
    'electron/reader/f.ts → node:zlib',
    'electron/reader/formats/a.ts → fs',
    'electron/reader/g.ts → electron/worker/parent-port.ts',
    'electron/reader/core.ts → electron/reader/closed-doors.ts',
  ],
  'workers-know-the-link-only': [
    'electron/engine/d.ts → contract/contract.ts',
    'electron/reader/b.ts → contract/entities.ts',
    'electron/porter/c.ts → contract/entities.ts',
  ],
  'worker-contracts-know-nouns-only': [
    'electron/engine/contract.ts → contract/contract.ts',
    'electron/porter/contract.ts → contract/settings.ts',
  ],
  'workers-do-not-meet': [
    'electron/engine/e.ts → electron/reader/reader.ts',
    'electron/reader/c.ts → electron/engine/engine.ts',
    'electron/porter/d.ts → electron/reader/reader.ts',
  ],
  'base-looks-down-only': [
    'electron/host/base/a.ts → electron/host/settings/settings.ts',
    'electron/host/base/b.ts → electron/host/host.ts',
  ],
  'papers-looks-down-only': ['electron/host/papers/a.ts → electron/host/chat/chat.ts'],
  'settings-looks-down-only': ['electron/host/settings/a.ts → electron/host/vault/vault.ts'],
  'settings-names-the-database-only': ['electron/host/settings/b.ts → electron/host/vault/files/encrypted-database.ts'],
  'vault-looks-down-only': ['electron/host/vault/a.ts → electron/host/models/models.ts'],
  'models-looks-down-only': ['electron/host/models/a.ts → electron/host/runtime/runtime.ts'],
  'runtime-looks-down-only': ['electron/host/runtime/a.ts → electron/host/workspaces/workspaces.ts'],
  'workspaces-looks-down-only': ['electron/host/workspaces/a.ts → electron/host/chat/chat.ts'],
  'audit-looks-down-only': ['electron/host/audit/a.ts → electron/host/models/models.ts'],
  'tools-looks-down-only': ['electron/host/tools/a.ts → electron/host/chat/chat.ts'],
  'organisation-looks-down-only': ['electron/host/organisation/a.ts → electron/host/api/api.ts'],
  'chat-looks-down-only': ['electron/host/chat/c.ts → electron/host/distillery/distillery.ts'],
  'vault-keys-looks-back-only': ['electron/host/vault/keys/step.ts → electron/host/vault/files/step.ts'],
  'vault-files-looks-back-only': ['electron/host/vault/files/step.ts → electron/host/vault/gate/step.ts'],
  'vault-gate-looks-back-only': ['electron/host/vault/gate/step.ts → electron/host/vault/backup/step.ts'],
  'vault-backup-looks-back-only': ['electron/host/vault/backup/step.ts → electron/host/vault/vault.ts'],
  'models-gguf-looks-back-only': ['electron/host/models/gguf/step.ts → electron/host/models/library/step.ts'],
  'models-library-looks-back-only': ['electron/host/models/library/step.ts → electron/host/models/lineage/step.ts'],
  'models-lineage-looks-back-only': ['electron/host/models/lineage/step.ts → electron/host/models/models.ts'],
  'models-models-itself-looks-back-only': ['electron/host/models/models.ts → electron/host/models/catalogue/step.ts'],
  'models-catalogue-looks-back-only': ['electron/host/models/catalogue/step.ts → electron/host/models/downloads/step.ts'],
  'models-downloads-looks-back-only': ['electron/host/models/downloads/step.ts → electron/host/models/bundles/step.ts'],
  'workspaces-text-looks-back-only': ['electron/host/workspaces/text/step.ts → electron/host/workspaces/workspaces.ts'],
  'workspaces-workspaces-itself-looks-back-only': [
    'electron/host/workspaces/workspaces.ts → electron/host/workspaces/index/step.ts',
  ],
  'workspaces-index-looks-back-only': ['electron/host/workspaces/index/step.ts → electron/host/workspaces/ingest/step.ts'],
  'workspaces-ingest-looks-back-only': ['electron/host/workspaces/ingest/step.ts → electron/host/workspaces/documents/step.ts'],
  'chat-conversations-looks-back-only': ['electron/host/chat/conversations/step.ts → electron/host/chat/support/step.ts'],
  'chat-support-looks-back-only': ['electron/host/chat/support/step.ts → electron/host/chat/sources/step.ts'],
  'chat-sources-looks-back-only': ['electron/host/chat/sources/step.ts → electron/host/chat/answers/step.ts'],
  'chat-answers-looks-back-only': ['electron/host/chat/answers/step.ts → electron/host/chat/chat.ts'],
  'chat-chat-itself-looks-back-only': ['electron/host/chat/chat.ts → electron/host/chat/quality/step.ts'],
  'chat-quality-looks-back-only': ['electron/host/chat/quality/step.ts → electron/host/chat/compare/step.ts'],
  'distillery-looks-down-only': ['electron/host/distillery/a.ts → electron/host/api/api.ts'],
  'api-looks-down-only': ['electron/host/api/a.ts → electron/host/host.ts'],
  'vault-keeps-keys': ['electron/host/settings/c.ts → keytar', 'electron/porter/e.ts → keytar'],
  'vault-keeps-databases': [
    'electron/host/chat/d.ts → better-sqlite3',
    'electron/reader/f.ts → better-sqlite3',
    'build/b.ts → better-sqlite3',
  ],
  'porter-holds-nothing': ['electron/porter/f.ts → node:worker_threads', 'electron/porter/g.ts → node-llama-cpp'],
  'engine-keeps-llama': ['electron/host/runtime/b.ts → node-llama-cpp', 'electron/reader/d.ts → node-llama-cpp'],
  'reader-keeps-parsers': ['electron/host/workspaces/b.ts → pdfjs-dist', 'electron/host/workspaces/c.ts → htmlparser2'],
  'page-draws-pdf-only': ['renderer/ui/pdf/a.ts → htmlparser2'],
  'one-door-to-the-network': [
    'electron/host/models/b.ts → node:http',
    'electron/host/models/c.ts → ws',
    'electron/host/chat/e.ts → node:dns/promises',
    'electron/main.ts → net',
    'electron/host/base/wall-trial.ts → node:net',
    'electron/worker/c.ts → node:net',
  ],
  'few-start-processes': [
    'electron/host/models/d.ts → node:child_process',
    'electron/host/base/c.ts → node:child_process',
    'electron/engine/f.ts → child_process',
    'electron/loopback/c.ts → node:cluster',
  ],
  'shell-keeps-electron': ['renderer/views/chat/a.ts → electron', 'electron/serve.ts → electron'],
  'page-knows-no-host': [
    'renderer/state/b.ts → electron/host/log.ts',
    'renderer/views/chat/b.ts → node:fs',
    'renderer/ui/Bad.svelte → electron/host/log.ts',
  ],
  'state-knows-no-screens': [
    'renderer/state/c.ts → renderer/views/chat/Chat.svelte',
    'renderer/state/d.ts → renderer/ui/icons.ts',
    'renderer/state/e.ts → renderer/link/open.ts',
  ],
  'state-speaks-by-contract': ['renderer/state/f.ts → contract/link.ts'],
  'views-do-not-meet': ['renderer/views/models/Models.svelte → renderer/views/chat/Chat.svelte'],
  'views-do-not-link': ['renderer/views/chat/c.ts → renderer/link/open.ts', 'renderer/views/chat/d.ts → contract/link.ts'],
  'ui-is-a-leaf': ['renderer/ui/a.ts → renderer/state/g.ts', 'renderer/ui/b.ts → contract/entities.ts', 'renderer/ui/c.ts → zod'],
  'words-know-no-screens': ['renderer/i18n/a.ts → renderer/views/chat/Chat.svelte', 'renderer/i18n/b.ts → renderer/state/g.ts'],
}

/** The way back that makes a cycle of one of them, which is reported once. */
const wayBack = 'contract/two.ts → contract/one.ts'

/** What must not be caught: the closest that is allowed. */
const allowed = [
  'electron/reader/reader.ts → node:os',
  'electron/host/runtime/launcher.ts → node:child_process',
  'electron/host/runtime/asker.ts → electron/engine/contract.ts',
  'electron/host/network.ts → node:https',
  'electron/loopback/server.ts → ws',
  'electron/shell/window.ts → electron',
  'electron/host/vault/keys/keychain.ts → keytar',
  'renderer/ui/pdf/b.ts → pdfjs-dist',
  'electron/host/models/e.ts → electron/host/vault/files/encrypted-database.ts',
  'electron/host/vault/gate/a.ts → electron/porter/contract.ts',
  'electron/porter/rows.ts → better-sqlite3',
]

let folder: string
let caught: { rule: string; file: string }[]

beforeAll(async () => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  // Inside the checkout, so that packages are found as they are by the real files.
  folder = mkdtempSync(join(root, '.cache', 'planted-'))
  const imports = new Map<string, string[]>()
  for (const [file, target] of [...Object.values(planted).flat(), ...allowed, wayBack].map(split)) {
    imports.set(file, [...(imports.get(file) ?? []), target])
    if (isOurs(target) && !imports.has(target)) imports.set(target, [])
  }
  for (const [file, targets] of imports) write(file, targets)
  caught = await violations(folder, ['contract', 'electron', 'renderer', 'build', 'test'])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(Object.keys(planted))('%s is noticed when it is broken', (rule) => {
  const files = new Set(caught.filter((found) => found.rule === rule).map(({ file }) => file))
  expect([...files]).toEqual(expect.arrayContaining(planted[rule]!.map((edge) => split(edge)[0])))
})

test('every rule has a planted violation (bug: a rule that nobody has ever seen bite)', () => {
  expect(Object.keys(planted).sort()).toEqual(ruleSet.forbidden.map(({ name }) => name).sort())
})

test('what the house allows is let through (bug: a rule so wide that it will be switched off)', () => {
  const files = new Set(allowed.map((edge) => split(edge)[0]))
  expect(caught.filter(({ file }) => files.has(file))).toEqual([])
})

test('settings may name the type of the vault’s database', async () => {
  const own = mkdtempSync(join(root, '.cache', 'planted-'))
  try {
    for (const [file, text] of Object.entries({
      'electron/host/settings/settings.ts': `import type { Database } from '../vault/files/encrypted-database.ts'\nexport type Kept = Database\n`,
      'electron/host/vault/files/encrypted-database.ts': 'export class Database {}\n',
    })) {
      mkdirSync(dirname(join(own, file)), { recursive: true })
      writeFileSync(join(own, file), text)
    }
    expect(await violations(own, ['electron'])).toEqual([])
  } finally {
    rmSync(own, { recursive: true })
  }
})

test('the real tree breaks none', async () => {
  expect(await violations(root, ['contract', 'electron', 'renderer', 'build', 'test'])).toEqual([])
})

async function violations(baseDir: string, folders: string[]): Promise<{ rule: string; file: string }[]> {
  const { output } = await cruise(folders, {
    ...options,
    baseDir,
    ruleSet,
    validate: true,
    tsConfig: { fileName: join(root, 'tsconfig.json') },
  })
  return (output as ICruiseResult).summary.violations.map(({ rule, from }) => ({ rule: rule.name, file: from }))
}

function split(edge: string): [file: string, target: string] {
  const [file = '', target = ''] = edge.split(' → ')
  return [file, target]
}

/** Whether an import's target is a file of the planted tree, and not a package or a file that is meant to be missing. */
function isOurs(target: string): boolean {
  return /^(contract|electron|renderer|test|build)\//.test(target)
}

function write(file: string, targets: string[]): void {
  const up = '../'.repeat(file.split('/').length - 1)
  const lines = targets.map((target, index) => `import * as import${index} from '${isOurs(target) ? up + target : target}'`)
  const used = `export const used = [${targets.map((_, index) => `import${index}`).join(', ')}]`
  const text = [...lines, used].join('\n')
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(
    join(folder, file),
    file.endsWith('.svelte') ? `<script lang="ts">\n${text}\n</script>\n{used.length}\n` : `${text}\n`,
  )
}
