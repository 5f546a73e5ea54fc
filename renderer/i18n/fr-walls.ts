/** Ce qui retient les parties qui lisent les fichiers et calculent, en français. */
import type { wallsInEnglish } from './en-walls.ts'

type WallsWords = typeof wallsInEnglish

function sentences(part: string): WallsWords['workers']['engine'] {
  const held = (what: string) => ({
    kernel: `${part} ne peut pas ${what} (retenue par le système d’exploitation).`,
    runtime: `${part} ne peut pas ${what} (retenue par Alambic seul, pas par le système d’exploitation).`,
    none: `Rien ne retient ${part.charAt(0).toLowerCase()}${part.slice(1)} : elle pourrait ${what}.`,
  })
  return {
    network: held('accéder au réseau'),
    files: held('ouvrir des fichiers dont elle n’a pas besoin'),
    processes: held('atteindre d’autres programmes'),
  }
}

export const wallsInFrench: WallsWords = {
  title: 'Ce qui retient les documents et les modèles',
  lead: 'Les parties qui lisent les documents et font tourner les modèles essaient de sortir à leur démarrage. Voici ce qui les a arrêtées.',
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
  card: 'La partie qui fait tourner les modèles voit la carte graphique et les fichiers de ses pilotes, en plus de ce qu’il lui faut.',
  noCard: 'Aucune carte graphique à montrer à la partie qui fait tourner les modèles : elle calcule sur le processeur.',
  trouble: {
    not_installed:
      'Le programme « bubblewrap » (bwrap) manque sur cet ordinateur. Avec lui, le système d’exploitation retient aussi ces parties.',
    restricted:
      'AppArmor, sur Ubuntu, interdit à Alambic les barrières du système d’exploitation. Un administrateur peut les autoriser par un profil pour bwrap.',
    switched_off: 'Les barrières du système d’exploitation sont désactivées sur cet ordinateur (espaces de noms utilisateur).',
    refused: 'Le système d’exploitation a refusé ses barrières.',
    unsupported: 'Sur ce système, Alambic ne dispose pas de barrières du système d’exploitation pour ces parties.',
  },
}
