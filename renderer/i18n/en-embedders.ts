/** The models that find and reorder passages, in English. */

export const embeddersInEnglish = {
  title: 'For your documents',
  lead: 'These models search documents; they don’t answer.',
  none: 'Documents are searched by keywords only. Import a search model to search by meaning too.',
  purpose: {
    embedder: 'Finds passages by meaning',
    reranker: 'Ranks what was found: more exact, but slower',
  },
  shipped: 'Included with Alambic',
  inUse: 'In use',
  use: 'Use',
  useNamed: (name: string) => `Use ${name} for documents`,
  stop: 'Don’t use',
  stopNamed: (name: string) => `Don’t use ${name} for documents`,
  facts: (size: string, quantisation: string, licence: string | null) =>
    [`${size} on disk`, quantisation, licence ?? 'no licence stated'].join(', '),
  changes: 'After a change, your documents are indexed again in the background. Until then, search works as before.',
}
