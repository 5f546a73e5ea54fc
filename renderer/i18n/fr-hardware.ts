/** What this computer computes on, in French. */
import type { hardwareInEnglish } from './en-hardware.ts'
import type { Format } from './format.ts'

export function hardwareInFrench(format: Format): ReturnType<typeof hardwareInEnglish> {
  return {
    processor: (name, cores) =>
      format.plural(cores, { one: `${name}, ${format.number(cores)} cœur`, other: `${name}, ${format.number(cores)} cœurs` }),
    unnamed: 'Processeur',
    sets: 'Fonctions du processeur',
    swap: (total, free) => `${total} d’espace d’échange, ${free} libres`,
    mains: 'Sur secteur',
    mainsCharged: (percent) => `Sur secteur, batterie à ${format.percent(percent / 100)}`,
    battery: 'Sur batterie : les réponses peuvent être plus lentes',
    batteryCharged: (percent) => `Sur batterie à ${format.percent(percent / 100)} : les réponses peuvent être plus lentes`,
    title: 'Matériel utilisé',
    names: {
      cpu: 'Processeur',
      cuda: 'Carte NVIDIA (CUDA)',
      vulkan: 'Carte graphique (Vulkan)',
      metal: 'Puce graphique Apple (Metal)',
    },
    inUse: 'Utilisé',
    outcomes: {
      works: 'Fonctionne correctement.',
      not_installed: 'Non installé, ou son pilote manque.',
      no_device: 'Aucune carte de ce type dans cet ordinateur.',
      failed: 'N’a pas pu démarrer : non utilisé.',
      wrong: 'Donne des résultats faux : non utilisé.',
      crashed: 'A planté pendant l’essai. Non utilisé tant que son pilote ou Alambic ne change pas.',
      hung: 'N’a pas répondu pendant l’essai. Non utilisé tant que son pilote ou Alambic ne change pas.',
    },
    device: (name) => name,
    cardMemory: (bytes) => `dont ${bytes} sur la carte graphique`,
    deviceMemory: (total, free) => `${total} de mémoire graphique, ${free} libres`,
    trying: (name) => `Essai : ${name}…`,
    tryAgain: 'Tout réessayer',
    details: 'Détails',
    driver: (driver) => `Pilote : ${driver}`,
    choice: 'Matériel à utiliser',
    choiceNote: 'Seul un matériel qui donne des résultats justes est utilisé ; le processeur fonctionne toujours.',
    auto: 'Le meilleur qui fonctionne',
  }
}
