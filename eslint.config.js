/** What a linter sees: types used strictly, promises awaited, names exported, and nobody but the doors speaking to the network. */
import svelte from 'eslint-plugin-svelte'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const network = ['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource'].map((name) => ({
  name,
  message: 'The network has one door: electron/host/network.ts. A page speaks through renderer/link.',
}))

const named = [
  { selector: 'ExportAllDeclaration', message: 'No barrels: import the file itself.' },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
]

const outsideProjects = [
  ...['*.config.ts', '*.config.js'],
  ...['electron/preload.ts', 'electron/reader-preload.ts', 'electron/reader/window-entry.ts', 'electron/reader/worker-start.ts'],
]

export default defineConfig(
  { ignores: ['node_modules', 'dist', '.cache', 'test/results', '**/*.cjs', '**/*.d.ts'] },
  tseslint.configs.strictTypeChecked,
  svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: outsideProjects, defaultProject: 'test/tsconfig.json' },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
  },
  {
    rules: {
      // `return response.end()` leaves early in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // It does not see what a signal, a closure or another turn of the loop changes meanwhile.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Characters are counted as code points on purpose.
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }] }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // What ended a stream is thrown on to who follows it, whatever it is.
      '@typescript-eslint/only-throw-error': 'off',
      'no-throw-literal': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...named],
    },
  },
  // The linter does not know the props of a component in another file; svelte-check does, and checks them.
  {
    files: ['**/*.svelte'],
    rules: Object.fromEntries(
      ['argument', 'assignment', 'call', 'member-access', 'return'].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        'off',
      ]),
    ),
  },
  // Type-only imports vanish before dependency-cruiser sees them in .svelte files; this catches them.
  {
    files: ['renderer/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/electron/**', 'electron'], message: 'The page knows the host only through contract/.' }] },
      ],
    },
  },
  {
    files: ['contract/**', 'electron/**', 'renderer/**'],
    ignores: ['electron/host/network.ts', 'electron/loopback/**', 'renderer/link/**'],
    rules: { 'no-restricted-globals': ['error', ...network] },
  },
  // A scanner of Windows holds files for a moment: who replaces or removes one tries again.
  {
    files: ['electron/host/**', 'electron/loopback/**'],
    ignores: ['electron/host/base/patient-files.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        ...['node:fs', 'node:fs/promises'].map((name) => ({
          name,
          importNames: ['rename', 'renameSync', 'rm', 'rmSync', 'unlink', 'unlinkSync'],
          message: 'Use electron/host/base/patient-files.ts.',
        })),
      ],
    },
  },
  // Work that nobody waits for says who is told when it fails (base/background.ts): `void` tells nobody, and a rejection ends the host.
  { files: ['electron/**'], rules: { '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }] } },
  // Tests reach into what they have just checked, hand over promises of fakes, and tidy up what may never have begun.
  {
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // A table of cases may be long.
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
    },
  },
  // A stand-in has what is asked of a class, without being made by it.
  {
    files: ['test/**', 'electron/engine/electron-fork-shim.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  // Tools that take their configuration from a default export.
  { files: ['*.config.*', '**/vite.config.ts'], rules: { 'no-restricted-syntax': ['error', named[0]] } },
)
