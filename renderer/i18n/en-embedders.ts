/** The models that find and reorder passages, in English. */

export const embeddersInEnglish = {
  title: 'For your documents',
  lead: 'These models do not talk. They find what your documents say about a question.',
  none: 'No model is here that finds passages by meaning: documents are searched by their words alone. Import an embedder to have both.',
  purpose: {
    embedder: 'Finds passages by meaning',
    reranker: 'Reorders what was found, which is more exact and takes longer',
  },
  shipped: 'Came with Alambic',
  inUse: 'In use',
  use: 'Use',
  useNamed: (name: string) => `Use ${name} for documents`,
  stop: 'Do not use',
  stopNamed: (name: string) => `Do not use ${name} for documents`,
  facts: (size: string, quantisation: string, licence: string | null) =>
    [`${size} on disk`, quantisation, licence ?? 'no licence stated'].join(', '),
  changes: 'After a change your documents are read again by meaning, in the background. Until then the search goes on as before.',
}
