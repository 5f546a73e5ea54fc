/** The models that find and reorder passages, in French. */
import type { embeddersInEnglish } from './en-embedders.ts'

export const embeddersInFrench: typeof embeddersInEnglish = {
  title: 'Pour vos documents',
  lead: 'Ces modèles ne parlent pas. Ils trouvent ce que vos documents disent d’une question.',
  purpose: {
    embedder: 'Trouve les passages par le sens',
    reranker: 'Reclasse ce qui a été trouvé : c’est plus juste, et plus long',
  },
  shipped: 'Fourni avec Alambic',
  inUse: 'Utilisé',
  use: 'Utiliser',
  useNamed: (name) => `Utiliser ${name} pour les documents`,
  stop: 'Ne plus utiliser',
  stopNamed: (name) => `Ne plus utiliser ${name} pour les documents`,
  facts: (size, quantisation, licence) => [`${size} sur le disque`, quantisation, licence ?? 'licence non précisée'].join(', '),
  changes:
    'Après un changement, vos documents sont relus par le sens, en arrière-plan. D’ici là, la recherche continue comme avant.',
}
