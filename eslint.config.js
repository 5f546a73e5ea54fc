/** What only Svelte's own rules see in components and their state. Everything else is the other linter's: oxlint.config.ts. */
import svelte from 'eslint-plugin-svelte'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { networkGlobals, pageImports } from './build/lint-limits.js'
import svelteConfig from './svelte.config.js'

export default defineConfig(
  { ignores: ['**', '!renderer/**'] },
  svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    // Without types: with them each component would be a program of its own, a second each. See build/checks.ts for what needs types.
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
  },
  {
    files: ['**/*.svelte'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-globals': ['error', ...networkGlobals],
      'no-restricted-imports': ['error', pageImports],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  // Its one Map is a note beside the state, from which nothing is drawn. The other linter knows no comment that says so to this one.
  { files: ['renderer/state/models.svelte.ts'], rules: { 'svelte/prefer-svelte-reactivity': 'off' } },
)
