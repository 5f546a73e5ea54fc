/** Ce sur quoi cette machine calcule, en français. */
import type { hardwareInEnglish } from './en-hardware.ts'
import type { Format } from './format.ts'

export function hardwareInFrench(format: Format): ReturnType<typeof hardwareInEnglish> {
  return {
    processor: (name, cores) =>
      format.plural(cores, { one: `${name}, un cœur`, other: `${name}, ${format.number(cores)} cœurs` }),
    unnamed: 'Processeur',
    sets: 'Ce que sait faire le processeur',
    swap: (total, free) => `${total} d’espace d’échange, ${free} libres`,
    mains: 'Sur secteur',
    mainsCharged: (percent) => `Sur secteur, batterie à ${format.number(percent)} %`,
    battery: 'Sur batterie : les réponses peuvent être plus lentes',
    batteryCharged: (percent) => `Sur batterie à ${format.number(percent)} % : les réponses peuvent être plus lentes`,
    title: 'Ce sur quoi les réponses sont calculées',
    names: {
      cpu: 'Processeur',
      cuda: 'Carte NVIDIA (CUDA)',
      vulkan: 'Carte graphique (Vulkan)',
      metal: 'Graphismes Apple (Metal)',
    },
    inUse: 'Utilisé',
    outcomes: {
      works: 'Fonctionne, et calcule juste.',
      not_installed: 'Absent de cette installation, ou son pilote manque.',
      no_device: 'Aucune carte de ce genre dans cette machine.',
      failed: 'Impossible de démarrer, donc inutilisé.',
      wrong: 'Démarre mais calcule faux, donc inutilisé.',
      crashed: 'S’est arrêté brutalement à l’essai. Laissé de côté tant que son pilote ou Alambic ne change pas.',
      hung: 'N’a pas répondu à l’essai. Laissé de côté tant que son pilote ou Alambic ne change pas.',
    },
    device: (name) => name,
    cardMemory: (bytes) => `dont ${bytes} sur la carte graphique`,
    deviceMemory: (total, free) => `${total} de mémoire propre, ${free} libres`,
    trying: (name) => `Essai : ${name}…`,
    tryAgain: 'Tout réessayer',
    details: 'Détails',
    driver: (driver) => `Pilote : ${driver}`,
    choice: 'Calculer sur',
    choiceNote:
      'Quel que soit le choix, seul ce qui a prouvé qu’il calcule juste est utilisé ; le processeur fonctionne toujours.',
    auto: 'Le meilleur qui fonctionne',
  }
}
