/** The models that find and reorder passages, in French. */
import type { embeddersInEnglish } from './en-embedders.ts'

export const embeddersInFrench: typeof embeddersInEnglish = {
  title: 'Pour vos documents',
  lead: 'Ces modèles cherchent dans les documents ; ils ne répondent pas.',
  none: 'Les documents sont cherchés par mots-clés uniquement. Importez un modèle de recherche pour chercher aussi par le sens.',
  purpose: {
    embedder: 'Trouve les passages par le sens',
    reranker: 'Classe ce qui a été trouvé : plus précis, mais plus lent',
  },
  shipped: 'Fourni avec Alambic',
  inUse: 'Utilisé',
  use: 'Utiliser',
  useNamed: (name) => `Utiliser ${name} pour les documents`,
  stop: 'Ne plus utiliser',
  stopNamed: (name) => `Ne plus utiliser ${name} pour les documents`,
  facts: (size, quantisation, licence) => [`${size} sur le disque`, quantisation, licence ?? 'licence non précisée'].join(', '),
  changes:
    'Après un changement, vos documents sont indexés à nouveau en arrière-plan. D’ici là, la recherche fonctionne comme avant.',
}
