/** Les élèves et le passage de l’un à l’autre, en français. */
import type { studentsInEnglish } from './en-students.ts'
import type { Format } from './format.ts'

export function studentsInFrench(format: Format): ReturnType<typeof studentsInEnglish> {
  const threadsOf = (threads: number): string =>
    format.plural(threads, { one: 'un fil', other: `${format.number(threads)} fils` })
  return {
    addition: (base) => `Un complément de ${base}, dont il partage la mémoire`,
    additionAlone: (base) =>
      `Un complément de ${base}, qui n’est pas présent. Téléchargez ou importez ce modèle pour l’utiliser.`,
    unnamedBase: 'un autre modèle',
    facts: (size, rank) => `${size} sur le disque, rang ${format.number(rank)}`,
    shared: (size, count) =>
      format.plural(count, {
        one: `${size}, partagés avec l’élève ci-dessous`,
        other: `${size}, partagés par les ${format.number(count)} élèves ci-dessous`,
      }),
    needs: (needed, free) => `Demande ${needed}, ${free} sont libres`,
    answering: 'Répond',
    near: 'Prêt dans un instant',
    switchesIn: (time) => `Prêt dans ${time} environ`,
    once: 'Pour la prochaine question seulement',
    onceShort: 'prochaine question seulement',
    workspaceDefault: (workspace) => `Répond par défaut dans ${workspace}`,
    useAnyway: (base) => `L’utiliser avec ${base}`,
    anyModel: 'ce modèle',
    memoryTitle: 'Mémoire et retour en arrière',
    unloadAfter: 'Libérer la mémoire après',
    unloadAfterNote: 'Sans question pendant ce temps, les modèles quittent la mémoire. La question suivante les recharge.',
    minutes: (count) => `${format.number(count)} minutes`,
    never: 'Jamais',
    warmUp: 'Se préparer avant la question',
    warmUpNote:
      'Quand un espace est ouvert, son modèle est chargé et les documents courts sont lus pendant que personne n’attend : le premier mot vient vite.',
    warmUpChoices: { always: 'Toujours', plugged: 'Pas sur batterie', never: 'Jamais' },
    kept: 'Place pour ce qui a été lu',
    keptNote:
      'Ce qu’un modèle a lu d’une conversation est gardé sur ce disque, chiffré, afin d’y revenir vite. Le plus ancien part d’abord.',
    gigabytes: (count) => format.bytes(count * 1e9),
    keepNothing: 'Ne rien garder',
    speed: (reads, writes) => `Mesuré ici : lit ${format.number(reads)} et écrit ${format.number(writes)} jetons par seconde`,
    writes: (writes) => `Mesuré ici : écrit ${format.number(writes)} jetons par seconde`,
    threads: (reading, writing) =>
      reading === writing
        ? `Plus rapide avec ${threadsOf(writing)}`
        : `Plus rapide avec ${threadsOf(reading)} pour lire et ${format.number(writing)} pour écrire`,
    threadSpeed: (threads, reads, writes) =>
      `Avec ${threadsOf(threads)} : lit ${format.number(reads)}, écrit ${format.number(writes)} jetons par seconde`,
    unmeasured: 'Sa vitesse sera mesurée à sa première réponse',
    measureAgain: 'Mesurer de nouveau sa vitesse',
    largest: (tokens) => `Jusqu’à ${format.number(tokens)} jetons de contexte tiendraient maintenant.`,
    corrected: 'D’après une mesure sur cette machine.',
    faster: (quantisation) =>
      `Le catalogue propose le même modèle en ${quantisation}. Il répond plus vite sur ce genre de machine.`,
    toFaster: 'Le voir',
    draftBy: (name) => `Laisser ${name} ébaucher pour lui`,
    drafts: (name) => `${name} ébauche pour lui. Ce que cela apporte ici sera mesuré à sa prochaine réponse assez longue.`,
    draftPays: (name, taken, gain) =>
      `${name} ébauche pour lui : ${format.percent(taken)} de l’ébauche repris, ${format.number(gain, 1)} fois plus rapide.`,
    draftOff: (name, taken, gain) =>
      `${name} a été essayé comme ébaucheur puis écarté : ${format.percent(taken)} repris, ${format.number(gain, 1)} fois la vitesse sans ébauche.`,
    draftAgain: 'Réessayer',
    draftNone: 'Sans ébauche',
    draftFact: (taken, proposed) => `${format.number(taken)} jetons repris sur ${format.number(proposed)} ébauchés`,
    baseLabel: 'Sur le modèle',
    draftLabel: 'Ébauche',
    loadAnyway: 'Le charger quand même',
    loadAnywayNote: 'Avec le plus petit contexte. L’ordinateur peut devenir très lent tant qu’il est en mémoire.',
  }
}
