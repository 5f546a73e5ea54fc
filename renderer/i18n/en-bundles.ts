/** English: bundles on USB drives, on their way in and out. */
import type { BundleCatalogue } from '../../contract/bundle.ts'
import type { Format } from './format.ts'

export function bundlesInEnglish(format: Format) {
  const students = (count: number): string => format.plural(count, { one: 'one model', other: `${format.number(count)} models` })
  return {
    menu: 'USB drive',
    export: 'Export to a USB drive…',
    import: 'Import a bundle…',
    exportTitle: 'Export to a USB drive',
    exportWhat:
      'A bundle carries models, with their model cards and licence notices, to a computer without a network. Every file is checked there before anything is installed.',
    name: 'Bundle name',
    defaultName: 'Models from Alambic',
    models: 'Models',
    baseOf: 'Included: an adapter needs it.',
    presets: 'My answer styles',
    presetsNote: 'Names, instructions and settings of those you made. Anyone with the USB drive can read them.',
    catalogue: 'The current catalogue',
    catalogueOf: (publisher: string, version: number) => `${publisher}, version ${format.number(version)}`,
    catalogueAlone: 'Only the catalogue, without models.',
    size: (size: string) => `${size} in total.`,
    nothing: (hasCatalogue: boolean): string =>
      hasCatalogue ? 'Choose at least one model, or the catalogue.' : 'Choose at least one model.',
    unsigned:
      'It won’t be signed, and whoever imports it will be told so. An administrator can sign bundles with your organisation’s key.',
    signedWith: (file: string) => `Signed with the key in ${file}. The key is read once and not kept.`,
    pickKey: 'Sign with a key…',
    noKey: 'Don’t sign',
    folder: 'Folder',
    noFolders:
      'A browser can’t open folders. Start Alambic with --folder and the folder’s path, for example --folder /media/usb.',
    exportDo: 'Export',
    exportPick: 'Choose the folder…',
    importTitle: 'Import a bundle',
    importWhat: 'Choose a folder on the USB drive. You will see what is in a bundle before anything is imported.',
    looking: 'Looking…',
    look: 'Look for bundles',
    made: (day: string) => `Made on ${day}`,
    signature: {
      verified: (by: string) => `Verified by ${by}`,
      unsigned: 'Unsigned',
      unknown_key: 'Signed by an unknown key',
      wrong_signature: 'The signature doesn’t match',
    },
    signatureNote: {
      unsigned: 'This bundle isn’t signed. Import it only if you know who made it and how it got here.',
      unknown_key:
        'This bundle is signed with a key that this computer doesn’t know. Import it only if you know who made it and how it got here.',
      wrong_signature: 'This bundle was changed after it was signed. It is not imported.',
    },
    signedOnlyNote:
      'Not signed by a trusted key, and only signed bundles may be imported here. The setting is under Settings, General.',
    require: 'Bundles from USB drives',
    requireNote: 'What happens to a bundle that isn’t signed by a trusted key.',
    requireChoices: { all: 'Import after a warning', signed: 'Refuse' },
    here: 'Already installed',
    adapter: 'Adapter',
    withPresets: 'Answer styles',
    withCatalogue: (publisher: string, version: number) => `Catalogue by ${publisher}, version ${format.number(version)}`,
    fate: {
      newer: 'Will be used',
      same: 'Already in use',
      older: 'Not used: you already have one at least as new',
    } satisfies Record<Exclude<BundleCatalogue['fate'], 'refused'>, string>,
    catalogueRefused: 'The catalogue in this bundle was refused, so nothing is imported.',
    room: (needed: string, free: string) => `Needs ${needed} on disk; ${free} are free.`,
    importDo: 'Import',
    insist: 'Import anyway',
    insistName: (name: string) => `Import anyway: ${name}`,
    importName: (name: string) => `Import ${name}`,
    work: {
      import: (name: string) => `Import of ${name}`,
      export: (name: string) => `Export of ${name}`,
    },
    reading: (done: string, total: string) =>
      `${done} of ${total} copied and checked. Nothing is installed until everything is here.`,
    writing: (done: string, total: string) => `${done} of ${total} written.`,
    installing: 'Everything is checked. Installing…',
    imported: (count: number) => (count === 0 ? 'Imported and verified.' : `Imported and verified: ${students(count)}.`),
    exported: (count: number, folder: string) =>
      `Written: ${count === 0 ? 'the catalogue' : students(count)}, in the folder ${folder}. Eject the USB drive before you unplug it.`,
    stopped: (done: string, total: string) =>
      `${done} of ${total}. Nothing is installed. What was copied is kept for another try.`,
    stoppedExport: 'No partial file was left on the USB drive.',
    again: 'Try again',
    stop: (name: string) => `Stop ${name} and delete what was copied`,
    close: (name: string) => `Close ${name}`,
  }
}
