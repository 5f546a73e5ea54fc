/** What holds the parts that read files and compute, in French. */
import type { wallsInEnglish } from './en-walls.ts'

type WallsWords = typeof wallsInEnglish

function sentences(part: string): WallsWords['workers']['engine'] {
  const held = (what: string) => ({
    kernel: `${part} ne peut pas ${what} (bloquée par le système d’exploitation).`,
    runtime: `${part} ne peut pas ${what} (bloquée par Alambic seulement, pas par le système d’exploitation).`,
    none: `Rien ne bloque ${part.charAt(0).toLowerCase()}${part.slice(1)} : elle pourrait ${what}.`,
  })
  return {
    network: held('accéder au réseau'),
    files: held('ouvrir des fichiers dont elle n’a pas besoin'),
    processes: held('atteindre d’autres programmes'),
  }
}

export const wallsInFrench: WallsWords = {
  title: 'Protection contre les documents et modèles nuisibles',
  lead: 'Au démarrage, les parties qui lisent les documents et font tourner les modèles vérifient ce qu’elles pourraient atteindre. Voici le résultat.',
  untried: {
    engine: 'La partie qui fait tourner les modèles n’a pas encore démarré.',
    reader: 'La partie qui lit les documents n’a pas encore démarré.',
    porter: 'La partie qui ouvre les fichiers d’espace et les sauvegardes n’a pas encore démarré.',
  },
  workers: {
    engine: sentences('La partie qui fait tourner les modèles'),
    reader: sentences('La partie qui lit les documents'),
    porter: sentences('La partie qui ouvre les fichiers d’espace et les sauvegardes'),
  },
  card: 'La partie qui fait tourner les modèles voit aussi la carte graphique et les fichiers de ses pilotes.',
  noCard: 'Aucune carte graphique trouvée pour la partie qui fait tourner les modèles : elle utilise le processeur.',
  trouble: {
    not_installed:
      'Le programme « bubblewrap » (bwrap) n’est pas installé. Avec lui, le système d’exploitation bloque aussi ces parties.',
    restricted:
      'AppArmor, sur Ubuntu, empêche Alambic d’utiliser la protection du système d’exploitation. Un administrateur peut l’autoriser par un profil pour bwrap.',
    switched_off: 'La protection du système d’exploitation est désactivée sur cet ordinateur (espaces de noms utilisateur).',
    refused: 'Le système d’exploitation a refusé sa protection.',
    unsupported: 'Ce système d’exploitation n’offre pas de protection pour ces parties.',
  },
}
