/** New passphrases, and what is done with the keys of the vault, in French. */
import type { strengthInEnglish, vaultKeysInEnglish } from './en-vault.ts'
import type { Format } from './format.ts'

export function strengthInFrench(): ReturnType<typeof strengthInEnglish> {
  return {
    scores: { 0: 'Très faible', 1: 'Faible', 2: 'Moyenne', 3: 'Bonne', 4: 'Solide' },
    meter: (score) => `Solidité : ${score}`,
    tooWeak: (least) => `Trop facile à deviner. Il faut ici au moins « ${least} ».`,
    warnings: {
      straightRow: 'Une rangée de touches se devine facilement.',
      keyPattern: 'Un court motif au clavier se devine facilement.',
      simpleRepeat: 'Le même caractère répété se devine facilement.',
      extendedRepeat: 'Les mêmes caractères répétés se devinent facilement.',
      sequences: 'Une suite comme « abc » se devine facilement.',
      recentYears: 'Une année récente se devine facilement.',
      dates: 'Une date se devine facilement.',
      topTen: 'L’un des dix mots de passe les plus utilisés.',
      topHundred: 'L’un des mots de passe les plus utilisés.',
      common: 'Beaucoup de gens utilisent ce mot de passe.',
      similarToCommon: 'Proche d’un mot de passe que beaucoup utilisent.',
      wordByItself: 'Un seul mot se devine facilement.',
      namesByThemselves: 'Un nom seul se devine facilement.',
      commonNames: 'Des noms courants se devinent facilement.',
      userInputs: 'Elle contient votre nom ou celui de cet ordinateur.',
      pwned: 'Ce mot de passe figure dans une fuite de données.',
    },
    suggestions: {
      l33t: 'Remplacer des lettres, comme « @ » pour « a », n’aide pas beaucoup.',
      reverseWords: 'Écrire un mot à l’envers n’aide pas beaucoup.',
      allUppercase: 'Tout mettre en majuscules n’aide pas beaucoup.',
      capitalization: 'Une majuscule au début n’aide pas beaucoup.',
      dates: 'Évitez les dates et les années de votre vie.',
      recentYears: 'Évitez les années récentes.',
      associatedYears: 'Évitez les années de votre vie.',
      sequences: 'Évitez les suites.',
      repeated: 'Évitez les répétitions.',
      longerKeyboardPattern: 'Les motifs au clavier n’aident pas beaucoup.',
      anotherWord: 'Ajoutez un ou deux mots moins courants.',
      useWords: 'Prenez plusieurs mots sans rapport entre eux.',
      noNeed: 'Symboles, chiffres et majuscules ne sont pas nécessaires.',
      pwned: 'Si vous l’utilisez ailleurs, changez-le là aussi.',
    },
  }
}

export function vaultKeysInFrench(format: Format): ReturnType<typeof vaultKeysInEnglish> {
  return {
    how: 'Ce qui change',
    wrap: 'La phrase secrète seule',
    wrapNote:
      'Immédiat. Mais avec une ancienne copie du fichier de clés, l’ancienne phrase secrète ouvrira encore ce que vous écrirez.',
    everything: 'La phrase secrète, et tout chiffrer à nouveau',
    everythingNote: 'L’ancienne phrase secrète n’ouvre alors plus rien ici.',
    estimate: (size, time, needed) =>
      `${size}, environ ${time}. Demande ${needed} d’espace libre pendant ce temps. Vous pouvez continuer à travailler, et arrêter quand vous voulez.`,
    noRoom: (needed, free) => `Impossible pour l’instant : il faut ${needed} d’espace libre, il y en a ${free}.`,
    changedWrapped: 'La phrase secrète a été changée. Les fichiers gardent leurs clés.',
    changedEverything: 'La phrase secrète a été changée. Le nouveau chiffrement de toutes les données est en cours.',
    last: {
      wrapped:
        'Au dernier changement, les fichiers ont gardé leurs clés : une ancienne copie du fichier de clés s’ouvre encore avec l’ancienne phrase secrète.',
      reencrypted: 'Au dernier changement, tout a été chiffré à nouveau : l’ancienne phrase secrète n’ouvre plus rien.',
    },
    title: 'Nouveau chiffrement de toutes les données',
    progress: (done, total, files, of) => `${done} sur ${total}, ${format.number(files)} fichiers sur ${format.number(of)}`,
    working: 'Vous pouvez continuer à travailler. Le verrouillage le met en pause, le déverrouillage le reprend.',
    waiting: 'En attente d’un moment sans écriture. La suite se fera toute seule.',
    stopped: 'Arrêté. Reprise au prochain déverrouillage, ou maintenant.',
    oldStill: 'Jusqu’à la fin, l’ancienne phrase secrète ouvre encore d’anciennes copies des fichiers restants.',
    troubles: {
      disk_full: 'Arrêté : pas assez d’espace libre. Rien n’est perdu. Libérez de la place, puis reprenez.',
      vault_damaged: 'Un fichier est endommagé et n’a pas pu être chiffré à nouveau. Les autres le sont.',
      other: 'Arrêté par une erreur. Rien n’est perdu. Reprenez, ou déverrouillez à nouveau plus tard.',
    },
    stop: 'Arrêter',
    goOn: 'Reprendre',
    putBack: {
      title: 'Un fichier plus ancien a été remis en place',
      later: 'Plus tard',
      mainOlder: (when) =>
        `Votre historique a été remplacé par un plus ancien, utilisé pour la dernière fois le ${when}. Si vous avez restauré une sauvegarde, tout va bien. Sinon, quelqu’un a remplacé un fichier : vérifiez ce qui manque.`,
      mainOlderUnknown:
        'Votre historique a été remplacé par un plus ancien. Si vous avez restauré une sauvegarde, tout va bien. Sinon, quelqu’un a remplacé un fichier : vérifiez ce qui manque.',
      recordOlder:
        'Le fichier de clés vault.json a été remplacé par un plus ancien. Si vous avez restauré une sauvegarde, tout va bien. Sinon, changez la phrase secrète et chiffrez tout à nouveau.',
      confirm: 'Je suis au courant',
    },
  }
}
