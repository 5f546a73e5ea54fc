/** Read by editors, svelte-check and the linter; the bundler is told in vite.config.ts. Runes are for every file of ours. */
export default { compilerOptions: { runes: true } }
