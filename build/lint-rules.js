/** Rules of our own: what is exported has a name, and a file is imported itself, never through another that passes everything on. */
export default {
  meta: { name: 'alambic' },
  rules: {
    'no-barrel': {
      /** @param {{ report: (found: { node: unknown, message: string }) => void }} context */
      create: (context) => ({
        /** @param {unknown} node */
        ExportAllDeclaration: (node) => context.report({ node, message: 'No barrels: import the file itself.' }),
      }),
    },
    // The linter's own rule for this brings its import plugin, which takes a seventh of the whole time.
    'no-default-export': {
      /** @param {{ report: (found: { node: unknown, message: string }) => void }} context */
      create: (context) => ({
        /** @param {unknown} node */
        ExportDefaultDeclaration: (node) => context.report({ node, message: 'Named exports only.' }),
      }),
    },
  },
}
