// The house's rules about who may import whom, as data. test/house/import-rules.test.ts plants a violation of each.
// Settings are kept in the vault, so `settings` may name the vault's database as a type; nothing else of it.

const ladder = [
  'base',
  'papers',
  'settings',
  'vault',
  'audit',
  'models',
  'runtime',
  'workspaces',
  'tools',
  'chat',
  'distillery',
  'organisation',
  'api',
]
/** The sub-rooms of a room, and the files that stand between them: what stands on a later step may import earlier ones only. */
const steps = {
  vault: ['keys', 'files', 'gate', 'backup', 'vault.ts'],
  models: ['gguf', 'library', 'lineage', 'models.ts', 'catalogue', 'downloads', 'bundles'],
  workspaces: ['text', 'workspaces.ts', 'index', 'ingest', 'documents'],
  chat: ['conversations', 'support', 'sources', 'answers', 'chat.ts', 'quality', 'compare'],
}
const stepPath = (step) => (step.endsWith('.ts') ? step.replace('.', '\\.') + '$' : `${step}/`)
const vaultDatabase = '^electron/host/vault/files/encrypted-database\\.ts$'

const builtins =
  'assert|async_hooks|buffer|child_process|cluster|console|constants|crypto|dgram|diagnostics_channel|dns|domain|events|fs|http|http2|https|inspector|module|net|os|path|perf_hooks|process|punycode|querystring|readline|repl|sea|sqlite|stream|string_decoder|test|timers|tls|trace_events|tty|url|util|v8|vm|wasi|worker_threads|zlib'
const node = `^(node:)?(${builtins})(/|$)`
const sockets = '^(node:)?(http|https|http2|net|tls|dgram|dns)(/|$)'

/** Packages by name, however they were resolved. */
const packages = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`
// Not `electron/…`, our own folder.
const electronItself = '^electron$|node_modules/electron/'
/** The reader's parts that know what they run in: a process, the doors of that process, a window. */
const readerSurroundings = '^electron/reader/(reader|closed-doors|window-entry)\\.ts$'
const documentParsers = packages(
  'pdfjs-dist',
  'officeparser',
  'exceljs',
  'postal-mime',
  '@kenjiuno/msgreader',
  'fflate',
  'htmlparser2',
  'tesseract\\.js(-core)?',
  'word-extractor',
  '@tesseract\\.js-data',
)

const forbid = (name, from, to) => ({ name, severity: 'error', from, to })

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    forbid('nothing-unresolved', {}, { couldNotResolve: true }),
    forbid('contract-is-pure', { path: '^contract/' }, { pathNot: ['^contract/', packages('zod')] }),
    forbid('nothing-imports-tests', { pathNot: '^(test/|vitest\\.config)' }, { path: '^test/' }),

    // ---- electron/
    forbid('electron-knows-no-page', { path: '^electron/' }, { path: '^renderer/' }),
    forbid(
      'host-is-plain-node',
      { path: '^electron/host/' },
      {
        path: [
          '^electron/(shell|loopback)/',
          '^electron/[^/]+\\.ts$',
          '^electron/worker/(?!(walls|sealed-line)\\.ts$)',
          '^electron/(engine|reader|porter)/(?!contract\\.ts$)',
          electronItself,
        ],
      },
    ),
    forbid(
      'shell-stands-alone',
      { path: '^electron/shell/' },
      { path: ['^electron/(loopback|engine|reader|porter)/', '^electron/[^/]+\\.ts$'] },
    ),
    forbid(
      'loopback-is-plain-node',
      { path: '^electron/loopback/' },
      { path: ['^electron/(shell|engine|reader|porter)/', '^electron/[^/]+\\.ts$', electronItself] },
    ),
    forbid(
      'workers-stand-alone',
      { path: '^electron/(engine|reader|porter)/' },
      { path: ['^electron/(host|shell|loopback)/', '^electron/[^/]+\\.ts$', electronItself, sockets] },
    ),
    // What all workers have, their line to the host and their walls, knows less than any. Sockets it takes to close them, ciphers to seal what is secret.
    forbid(
      'workers-share-their-line-only',
      { path: '^electron/worker/' },
      { pathNot: ['^contract/link\\.ts$', '^electron/worker/', '^(node:)?(crypto|fs|module)$'] },
    ),
    // A library that is loaded with the engine itself is there before the doors are closed.
    forbid(
      'llama-comes-after-closing',
      { path: '^electron/engine/' },
      { path: packages('node-llama-cpp'), dependencyTypesNot: ['type-only', 'dynamic-import'] },
    ),
    // A parser that is loaded with the reader itself is there before the doors are closed.
    forbid(
      'parsers-come-after-closing',
      { path: '^electron/reader/' },
      { path: documentParsers, dependencyTypesNot: ['type-only', 'dynamic-import'] },
    ),
    // One core runs in a sandboxed window's worker and in a process: it asks neither for anything of its own.
    forbid(
      'reader-is-pure',
      { path: '^electron/reader/', pathNot: readerSurroundings },
      { path: [node, '^electron/worker/', readerSurroundings] },
    ),
    forbid(
      'workers-know-the-link-only',
      { path: '^electron/(engine|reader|porter)/', pathNot: '/contract\\.ts$' },
      { path: '^contract/', pathNot: '^contract/(link|errors|file-identity|one-line)\\.ts$' },
    ),
    // A worker's own contract may speak of the nouns in our words.
    forbid(
      'worker-contracts-know-nouns-only',
      { path: '^electron/(engine|reader|porter)/contract\\.ts$' },
      {
        path: '^contract/',
        pathNot: '^contract/(link|errors|entities|conversation|id|text-place|file-identity|one-line|argon2-cost)\\.ts$',
      },
    ),
    forbid(
      'workers-do-not-meet',
      { path: '^electron/(engine|reader|porter)/' },
      { path: '^electron/(engine|reader|porter)/', pathNot: '^electron/$1/' },
    ),

    // ---- the ladder inside the host
    ...ladder.map((area, rung) =>
      forbid(
        `${area}-looks-down-only`,
        { path: `^electron/host/${area}/` },
        {
          path: [
            `^electron/host/(${ladder.slice(rung + 1).join('|') || '-'})/`,
            '^electron/host/(host|handlers|opened-areas)\\.ts$',
          ],
          ...(area === 'settings' ? { pathNot: vaultDatabase } : {}),
        },
      ),
    ),
    ...Object.entries(steps).flatMap(([room, inOrder]) =>
      inOrder.slice(0, -1).map((step, index) =>
        forbid(
          `${room}-${step.replace('.ts', '-itself')}-looks-back-only`,
          { path: `^electron/host/${room}/${stepPath(step)}` },
          {
            path: `^electron/host/${room}/(${inOrder
              .slice(index + 1)
              .map(stepPath)
              .join('|')})`,
          },
        ),
      ),
    ),
    forbid(
      'settings-names-the-database-only',
      { path: '^electron/host/settings/' },
      { path: vaultDatabase, dependencyTypesNot: ['type-only'] },
    ),

    // ---- keepers
    forbid('vault-keeps-keys', { pathNot: '^(electron/host/vault|test)/' }, { path: packages('keytar', '@github/keytar') }),
    // Ours are opened by the vault, those that came from elsewhere by the porter.
    forbid(
      'vault-keeps-databases',
      { pathNot: '^(electron/host/vault|electron/porter|test)/' },
      { path: packages('better-sqlite3') },
    ),
    // No key of ours, no file of the person's, nothing that is started: it is given one path.
    forbid(
      'porter-holds-nothing',
      { path: '^electron/porter/' },
      {
        path: [
          '^(node:)?(inspector|repl|vm|wasi|worker_threads|module|sqlite)(/|$)',
          packages('keytar', '@github/keytar', 'node-llama-cpp'),
        ],
      },
    ),
    forbid('engine-keeps-llama', { pathNot: '^(electron/engine|test)/' }, { path: packages('node-llama-cpp') }),
    forbid('reader-keeps-parsers', { pathNot: '^(electron/reader|renderer/ui/pdf|test)/' }, { path: documentParsers }),
    // The page draws PDFs, and reads nothing else.
    forbid('page-draws-pdf-only', { path: '^renderer/ui/pdf/' }, { path: documentParsers, pathNot: packages('pdfjs-dist') }),
    forbid(
      'one-door-to-the-network',
      // The one listener below the skins hears for a moment whether a worker gets out.
      { pathNot: '^(electron/host/(network|base/wall-listener)\\.ts|electron/(loopback|host/api)/|test/|build/)' },
      { path: [sockets, packages('undici', 'ws')] },
    ),
    forbid(
      'few-start-processes',
      {
        path: '^(contract|electron|renderer)/',
        pathNot: [
          '^electron/(serve|main)\\.ts$',
          '^electron/host/(base/(fork-worker|confinement)\\.ts$|runtime/)',
          // The systems' own readers of policies.
          '^electron/host/settings/managed-(mac|windows)\\.ts$',
          '^electron/shell/',
          '^electron/engine/binding-trials\\.ts$',
        ],
      },
      { path: '^(node:)?(child_process|cluster)$' },
    ),
    forbid(
      'shell-keeps-electron',
      { pathNot: '^(electron/shell/|electron/(main|preload|reader-preload)\\.ts$|test/)' },
      { path: electronItself },
    ),

    // ---- renderer/
    forbid('page-knows-no-host', { path: '^renderer/' }, { path: ['^electron/', node] }),
    forbid('state-knows-no-screens', { path: '^renderer/state/' }, { path: '^renderer/(views|ui|link|App\\.svelte|main\\.ts)' }),
    forbid(
      'state-speaks-by-contract',
      { path: '^renderer/state/' },
      {
        path: '^contract/',
        pathNot: '^contract/(errors|settings|document-name|chat-update|list-update)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'views-do-not-meet',
      { path: '^renderer/views/([^/]+)/' },
      { path: '^renderer/views/', pathNot: '^renderer/views/$1/' },
    ),
    forbid('views-do-not-link', { path: '^renderer/views/' }, { path: ['^renderer/link/', '^contract/(link|contract)\\.ts$'] }),
    forbid(
      'ui-is-a-leaf',
      { path: '^renderer/ui/' },
      {
        pathNot: [
          '^renderer/(ui|styles)/',
          packages('svelte', 'bits-ui', '@lucide/svelte', 'dompurify', 'marked', 'highlight\\.js', 'temml', 'pdfjs-dist'),
        ],
      },
    ),
    forbid(
      'words-know-no-screens',
      { path: '^renderer/i18n/' },
      { path: '^renderer/(views|ui|link|state|App\\.svelte|main\\.ts)' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache)/' },
    // Resolution alone needs it; the types of each folder are its own.
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['svelte', 'browser', 'import', 'node', 'default'], exportsFields: ['exports'] },
    cache: false,
  },
}
