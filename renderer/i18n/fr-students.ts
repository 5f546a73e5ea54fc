/** Students and the switching between them, in French. */
import type { studentsInEnglish } from './en-students.ts'
import type { Format } from './format.ts'

export function studentsInFrench(format: Format): ReturnType<typeof studentsInEnglish> {
  const threadsOf = (threads: number): string =>
    format.plural(threads, { one: 'un fil', other: `${format.number(threads)} fils` })
  return {
    addition: (base) => `Adaptateur de ${base}, dont il partage la mémoire`,
    additionAlone: (base) => `Adaptateur de ${base}, qui n’est pas installé. Téléchargez ou importez ce modèle pour l’utiliser.`,
    unnamedBase: 'un autre modèle',
    facts: (size, rank) => `${size} sur le disque, rang ${format.number(rank)}`,
    shared: (size, count) =>
      format.plural(count, {
        one: `${size}, partagés avec l’adaptateur ci-dessous`,
        other: `${size}, partagés par les ${format.number(count)} adaptateurs ci-dessous`,
      }),
    needs: (needed, free) => `Demande ${needed} ; ${free} sont libres`,
    answering: 'En train de répondre',
    near: 'Prêt dans un instant',
    switchesIn: (time) => `Prêt dans ${time} environ`,
    once: 'Pour la prochaine question seulement',
    onceShort: 'prochaine question seulement',
    workspaceDefault: (workspace) => `Répond par défaut dans ${workspace}`,
    useAnyway: (base) => `L’utiliser avec ${base}`,
    anyModel: 'ce modèle',
    memoryTitle: 'Mémoire et cache',
    unloadAfter: 'Libérer la mémoire après',
    unloadAfterNote: 'Après cette durée sans question, les modèles quittent la mémoire. La question suivante les recharge.',
    minutes: (count) => `${format.number(count)} minutes`,
    never: 'Jamais',
    warmUp: 'Préparer à l’avance',
    warmUpNote:
      'Quand un espace est ouvert, son modèle est chargé et les documents courts sont lus à l’avance : les réponses commencent plus vite.',
    warmUpChoices: { always: 'Toujours', plugged: 'Pas sur batterie', never: 'Jamais' },
    kept: 'Cache des conversations',
    keptNote:
      'Ce qu’un modèle a lu d’une conversation est gardé sur ce disque, chiffré, pour y revenir vite. Le plus ancien est supprimé d’abord.',
    gigabytes: (count) => format.bytes(count * 1e9),
    keepNothing: 'Ne rien garder',
    speed: (reads, writes) => `Mesuré ici : lit ${format.number(reads)} et écrit ${format.number(writes)} jetons par seconde`,
    writes: (writes) => `Mesuré ici : écrit ${format.number(writes)} jetons par seconde`,
    threads: (reading, writing) =>
      reading === writing
        ? `Plus rapide avec ${threadsOf(writing)}`
        : `Plus rapide avec ${threadsOf(reading)} pour lire et ${format.number(writing)} pour écrire`,
    threadSpeed: (threads, reads, writes) =>
      `Avec ${threadsOf(threads)} : lit ${format.number(reads)}, écrit ${format.number(writes)} jetons par seconde`,
    unmeasured: 'Sa vitesse sera mesurée à sa première réponse',
    measureAgain: 'Mesurer à nouveau sa vitesse',
    largest: (tokens) => `Jusqu’à ${format.number(tokens)} jetons de contexte tiendraient maintenant.`,
    corrected: 'Mesuré sur cet ordinateur.',
    faster: (quantisation) =>
      `Le catalogue propose le même modèle en ${quantisation}, qui répond plus vite sur ce type d’ordinateur.`,
    newerFile: 'Le catalogue propose un fichier plus récent de ce modèle. Le vôtre fonctionne encore.',
    toFaster: 'Le voir',
    draftBy: (name) => `Accélérer avec ${name}`,
    drafts: (name) => `Accéléré avec ${name}. Le gain sera mesuré à la prochaine réponse assez longue.`,
    draftPays: (name, taken, gain) =>
      `Accéléré avec ${name} : ${format.percent(taken)} de ses propositions reprises, ${format.number(gain, 1)} fois plus rapide.`,
    draftOff: (name, taken, gain) =>
      `${name} n’aidait pas et a été désactivé : ${format.percent(taken)} de ses propositions reprises, ${format.number(gain, 1)} fois la vitesse sans lui.`,
    draftAgain: 'Réessayer',
    draftNone: 'Sans accélération',
    draftFact: (taken, proposed) => `${format.number(taken)} jetons repris sur ${format.number(proposed)} proposés`,
    baseLabel: 'Sur le modèle',
    draftLabel: 'Accélération',
    loadAnyway: 'Le charger quand même',
    loadAnywayNote: 'Avec le plus petit contexte. L’ordinateur peut devenir très lent tant qu’il est en mémoire.',
  }
}
