/** Backups in English: the plan, the recovery code, restoring. */
import type { Format } from './format.ts'

/** Its sentences; numbers and times go through `format`. */
export function backupInEnglish(format: Format) {
  return {
    title: 'Backups',
    lead: 'Backups are encrypted, then checked.',
    last: 'Last backup',
    lastWas: (madeAt: number, sizeBytes: number, workspaces: number) =>
      format.plural(workspaces, {
        one: `${format.moment(madeAt)}: 1 workspace, ${format.bytes(sizeBytes)}`,
        other: `${format.moment(madeAt)}: ${format.number(workspaces)} workspaces, ${format.bytes(sizeBytes)}`,
      }),
    never: 'There is no backup yet.',
    leftOut: (names: string) => `Not included, because they are damaged: ${names}.`,
    now: 'Back up now',
    copying: (fraction: number) => `Copying, ${format.percent(fraction)}`,
    checking: 'Checking the copy…',
    stop: 'Stop',
    old: 'Your last backup is more than 7 days old.',
    oldDismiss: 'Don’t show again',
    daily: 'Back up every day',
    dailyOn: 'Yes',
    dailyOff: 'No',
    dailyNote: (nextAt: number | null) =>
      nextAt === null ? 'Backups are made only when you ask.' : `Next: ${format.moment(nextAt)}, when Alambic is open.`,
    kept: 'Backups kept',
    keptNote: 'Older ones are deleted once a newer one has been checked.',
    place: 'Location',
    ownPlace: 'In Alambic’s folder, on this disk',
    ownPlaceNote: 'If this disk fails, these backups are lost too. Choose another disk or a shared folder.',
    choose: 'Choose a folder…',
    useOwn: 'Use Alambic’s folder',
    unreached: (places: string) =>
      `Copies of erased workspaces remain in ${places}. They are removed when that place is connected.`,
    code: {
      title: 'Recovery code',
      none: 'Without a recovery code, backups open only with this vault’s own protection. If this computer is lost, they may be lost too.',
      madeAt: (at: number) => `Made on ${format.day(at)}. It opens the backups made since then, on any computer.`,
      make: 'Make a recovery code',
      again: 'Make a new code',
      shown: 'Your recovery code',
      lead: 'Write this code down or print it, and keep it in a safe place. Alambic does not keep it and cannot show it again.',
      newLead: 'New backups open with this code only. Older ones still need their own code.',
      print: 'Print',
      written: 'I have written it down',
      sheet: (at: number) => `Alambic recovery code, ${format.day(at)}`,
      sheetNote: 'Anyone with this code and a backup can read everything in it.',
    },
    restore: {
      title: 'Restore',
      note: 'Restored workspaces are added to yours. Nothing is replaced.',
      open: 'Restore from a backup…',
      choose: 'Backup',
      chooseFolder: 'Choose the folder with the backups…',
      none: 'There is no backup in this folder.',
      set: (sequence: number, madeAt: number) => `No. ${format.number(sequence)}, ${format.moment(madeAt)}`,
      opensWith: 'Open with',
      keys: { vault: 'This vault', code: 'Recovery code', passphrase: 'Passphrase at that time' },
      code: 'Recovery code',
      passphrase: 'Passphrase',
      look: 'Show contents',
      what: 'What to restore',
      workspace: (name: string, documents: number, sizeBytes: number) =>
        format.plural(documents, {
          one: `${name}: 1 document, ${format.bytes(sizeBytes)}`,
          other: `${name}: ${format.number(documents)} documents, ${format.bytes(sizeBytes)}`,
        }),
      do: 'Restore',
      doing: 'Restoring and checking…',
      done: (count: number) =>
        format.plural(count, { one: '1 workspace restored.', other: `${format.number(count)} workspaces restored.` }),
    },
    whole: {
      link: 'Restore from a backup',
      title: 'Restore from a backup',
      lead: 'Everything in the backup comes back to this computer. What is here now is set aside, not deleted.',
      protect: 'Protect it on this computer with',
      keychain: 'This computer’s keychain',
      passphrase: 'A passphrase',
      back: 'Back',
    },
  }
}
