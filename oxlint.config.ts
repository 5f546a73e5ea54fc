/**
 * What the linter sees in TypeScript: types used strictly, promises awaited, names exported, and nobody but the doors speaking to the
 * network. What only Svelte's own rules see in components stands in eslint.config.js; types in components are linted in what svelte-check
 * makes of them (build/checks.ts).
 */
import { defineConfig, type OxlintConfig } from 'oxlint'
import { fileCalls, networkGlobals, pageImports } from './build/lint-limits.js'

/** typescript-eslint's `strict-type-checked`, as far as the linter knows it, with our options. */
const strict: OxlintConfig['rules'] = {
  'no-array-constructor': 'error',
  'no-throw-literal': 'error',
  'no-unused-expressions': 'error',
  'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
  'no-useless-constructor': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'prefer-rest-params': 'error',
  'prefer-spread': 'error',
  'alambic/no-default-export': 'error',
  'alambic/no-barrel': 'error',
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'typescript/await-thenable': 'error',
  'typescript/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
  'typescript/no-array-delete': 'error',
  'typescript/no-base-to-string': 'error',
  'typescript/no-deprecated': 'error',
  'typescript/no-duplicate-enum-values': 'error',
  'typescript/no-duplicate-type-constituents': 'error',
  'typescript/no-dynamic-delete': 'error',
  'typescript/no-empty-object-type': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/no-extra-non-null-assertion': 'error',
  'typescript/no-extraneous-class': 'error',
  'typescript/no-floating-promises': 'error',
  'typescript/no-for-in-array': 'error',
  'typescript/no-implied-eval': 'error',
  'typescript/no-meaningless-void-operator': 'error',
  'typescript/no-misused-new': 'error',
  // What a `finally` returns is waited for.
  'typescript/no-misused-promises': 'error',
  // Characters are counted as code points on purpose.
  'typescript/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }] }],
  'typescript/no-mixed-enums': 'error',
  'typescript/no-namespace': 'error',
  'typescript/no-non-null-asserted-nullish-coalescing': 'error',
  'typescript/no-non-null-asserted-optional-chain': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/no-redundant-type-constituents': 'error',
  'typescript/no-require-imports': 'error',
  'typescript/no-this-alias': 'error',
  'typescript/no-unnecessary-boolean-literal-compare': 'error',
  'typescript/no-unnecessary-template-expression': 'error',
  'typescript/no-unnecessary-type-arguments': 'error',
  'typescript/no-unnecessary-type-assertion': 'error',
  'typescript/no-unnecessary-type-constraint': 'error',
  'typescript/no-unnecessary-type-conversion': 'error',
  'typescript/no-unnecessary-type-parameters': 'error',
  'typescript/no-unsafe-argument': 'error',
  'typescript/no-unsafe-assignment': 'error',
  'typescript/no-unsafe-call': 'error',
  'typescript/no-unsafe-declaration-merging': 'error',
  'typescript/no-unsafe-enum-comparison': 'error',
  'typescript/no-unsafe-function-type': 'error',
  'typescript/no-unsafe-member-access': 'error',
  'typescript/no-unsafe-return': 'error',
  'typescript/no-unsafe-unary-minus': 'error',
  'typescript/no-useless-default-assignment': 'error',
  'typescript/no-wrapper-object-types': 'error',
  'typescript/prefer-as-const': 'error',
  'typescript/prefer-literal-enum-member': 'error',
  'typescript/prefer-namespace-keyword': 'error',
  'typescript/prefer-promise-reject-errors': 'error',
  'typescript/prefer-reduce-type-parameter': 'error',
  'typescript/prefer-return-this-type': 'error',
  'typescript/related-getter-setter-pairs': 'error',
  'typescript/require-await': 'error',
  'typescript/restrict-plus-operands': [
    'error',
    { allowAny: false, allowBoolean: false, allowNullish: false, allowNumberAndString: false, allowRegExp: false },
  ],
  'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
  'typescript/return-await': ['error', 'error-handling-correctness-only'],
  'typescript/switch-exhaustiveness-check': 'error',
  'typescript/triple-slash-reference': 'error',
  'typescript/unbound-method': 'error',
  'typescript/unified-signatures': 'error',
  'typescript/use-unknown-in-catch-callback-variable': 'error',
}

export default defineConfig({
  plugins: ['typescript'],
  jsPlugins: ['./build/lint-rules.js'],
  categories: { correctness: 'off' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error', denyWarnings: true },
  env: { builtin: true },
  // Components are linted by Svelte's own rules, and as the TypeScript that svelte-check makes of them.
  ignorePatterns: ['node_modules', 'dist', '.cache', '.svelte-check', 'test/results', '**/*.cjs', '**/*.d.ts', '**/*.svelte'],
  rules: strict,
  overrides: [
    // Type-only imports vanish before dependency-cruiser sees them in components; this catches them.
    { files: ['renderer/**'], rules: { 'no-restricted-imports': ['error', pageImports] } },
    { files: ['contract/**', 'electron/**', 'renderer/**'], rules: { 'no-restricted-globals': ['error', ...networkGlobals] } },
    {
      files: ['electron/host/network.ts', 'electron/loopback/**', 'renderer/link/**'],
      rules: { 'no-restricted-globals': 'off' },
    },
    { files: ['electron/host/**', 'electron/loopback/**'], rules: { 'no-restricted-imports': ['error', ...fileCalls] } },
    { files: ['electron/host/base/patient-files.ts'], rules: { 'no-restricted-imports': 'off' } },
    // Work that nobody waits for says who is told when it fails (base/background.ts): `void` tells nobody, and a rejection ends the host.
    { files: ['electron/**'], rules: { 'typescript/no-floating-promises': ['error', { ignoreVoid: false }] } },
    // Tests reach into what they have just checked, hand over promises of fakes, and tidy up what may never have begun.
    {
      files: ['test/**'],
      rules: {
        'typescript/no-non-null-assertion': 'off',
        'typescript/require-await': 'off',
        'typescript/unbound-method': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-assignment': 'off',
        // A table of cases may be long.
        'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      },
    },
    // Tools that take their configuration from a default export.
    { files: ['*.config.*', 'build/lint-rules.js'], rules: { 'alambic/no-default-export': 'off' } },
  ],
})
