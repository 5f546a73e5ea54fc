/** New passphrases, and what is done with the keys of the vault, in English. */
import type { Settings } from '../../contract/settings.ts'
import type { Format } from './format.ts'
import type { Suggestion, Warning } from './strength-names.ts'

export function strengthInEnglish() {
  return {
    /** From 0, guessed at once, to 4. */
    scores: { 0: 'Very weak', 1: 'Weak', 2: 'Fair', 3: 'Good', 4: 'Strong' } satisfies Record<
      Settings['passphraseStrength'],
      string
    >,
    meter: (score: string) => `Strength: ${score}`,
    tooWeak: (least: string) => `Too easy to guess. At least “${least}” is required here.`,
    warnings: {
      straightRow: 'Keys in a row are easy to guess.',
      keyPattern: 'A short pattern on the keyboard is easy to guess.',
      simpleRepeat: 'The same character again and again is easy to guess.',
      extendedRepeat: 'The same characters again and again are easy to guess.',
      sequences: 'A sequence such as “abc” is easy to guess.',
      recentYears: 'A recent year is easy to guess.',
      dates: 'A date is easy to guess.',
      topTen: 'One of the ten most used passwords.',
      topHundred: 'One of the most used passwords.',
      common: 'Many people use this password.',
      similarToCommon: 'Close to a password that many people use.',
      wordByItself: 'A single word is easy to guess.',
      namesByThemselves: 'A name by itself is easy to guess.',
      commonNames: 'Common names are easy to guess.',
      userInputs: 'It contains your name, or that of this computer.',
      pwned: 'This password was found in a data leak.',
    } satisfies Record<Warning, string>,
    suggestions: {
      l33t: 'Replacing letters, such as “@” for “a”, hardly helps.',
      reverseWords: 'Words spelt backwards hardly help.',
      allUppercase: 'Capitals throughout hardly help.',
      capitalization: 'A capital at the beginning hardly helps.',
      dates: 'Avoid dates and years of your life.',
      recentYears: 'Avoid recent years.',
      associatedYears: 'Avoid years of your life.',
      sequences: 'Avoid sequences.',
      repeated: 'Avoid repetitions.',
      longerKeyboardPattern: 'Patterns on the keyboard hardly help.',
      anotherWord: 'Add one or two less common words.',
      useWords: 'Use several words that do not belong together.',
      noNeed: 'Symbols, digits and capitals are not needed.',
      pwned: 'If you use it elsewhere, change it there.',
    } satisfies Record<Suggestion, string>,
  }
}

export function vaultKeysInEnglish(format: Format) {
  return {
    how: 'What changes',
    wrap: 'The passphrase only',
    wrapNote: 'Done at once. But with an old copy of the key file, the old passphrase still opens what you write from now on.',
    everything: 'The passphrase, and encrypt everything again',
    everythingNote: 'The old passphrase then opens nothing here.',
    estimate: (size: string, time: string, needed: string) =>
      `${size}, about ${time}. Needs ${needed} of free space meanwhile. You can keep working, and stop at any time.`,
    noRoom: (needed: string, free: string) => `Not possible now: ${needed} of free space are needed, ${free} are free.`,
    changedWrapped: 'The passphrase was changed. The files keep their keys.',
    changedEverything: 'The passphrase was changed. Everything is now being encrypted again.',
    last: {
      wrapped: 'At the last change, the files kept their keys: an old copy of the key file still opens with the old passphrase.',
      reencrypted: 'At the last change, everything was encrypted again: the old passphrase opens nothing.',
    },
    title: 'Encrypting everything again',
    progress: (done: string, total: string, files: number, of: number) =>
      `${done} of ${total}, ${format.number(files)} of ${format.number(of)} files`,
    working: 'You can keep working. It pauses when you lock and resumes when you unlock.',
    waiting: 'Waiting for a moment when nothing is being written. It resumes by itself.',
    stopped: 'Stopped. It resumes at the next unlock, or now.',
    oldStill: 'Until it is finished, the old passphrase still opens old copies of the remaining files.',
    troubles: {
      disk_full: 'Stopped: not enough free space. Nothing was lost. Free some space, then resume.',
      vault_damaged: 'One file is damaged and could not be encrypted again. The others are done.',
      other: 'Stopped by an error. Nothing was lost. Resume, or unlock again later.',
    },
    stop: 'Stop',
    goOn: 'Resume',
    putBack: {
      title: 'An older file was put back',
      later: 'Later',
      mainOlder: (when: string) =>
        `Your history has been replaced by an older one, last used on ${when}. If you restored a backup, all is well. If not, somebody replaced a file: look at what is missing.`,
      mainOlderUnknown:
        'Your history has been replaced by an older one. If you restored a backup, all is well. If not, somebody replaced a file: look at what is missing.',
      recordOlder:
        'The key file vault.json has been replaced by an older one. If you restored a backup, all is well. If not, change the passphrase and encrypt everything again.',
      confirm: 'I know about it',
    },
  }
}
