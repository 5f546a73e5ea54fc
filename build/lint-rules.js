/** The one rule of our own that no linter has: a file is imported itself, never through another that passes everything on. */
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
  },
}
