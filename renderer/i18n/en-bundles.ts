/** English: bundles on sticks, on their way in and out. */
import type { BundleCatalogue } from '../../contract/bundle.ts'
import type { Format } from './format.ts'

export function bundlesInEnglish(format: Format) {
  const students = (count: number): string => format.plural(count, { one: 'one model', other: `${format.number(count)} models` })
  return {
    menu: 'Sticks',
    export: 'Export to a stick…',
    import: 'Import a bundle…',
    exportTitle: 'Export to a stick',
    exportWhat:
      'A bundle takes models with their lineage cards and notices to a machine that has never seen a network. It is checked there, byte for byte, before anything is installed.',
    name: 'Name of the bundle',
    defaultName: 'Models from Alambic',
    models: 'Models',
    baseOf: 'Goes along: an adapter needs it.',
    presets: 'My presets',
    presetsNote: 'Name, instructions and sampling of those you made. Whoever has the stick can read them.',
    catalogue: 'The catalogue in force',
    catalogueOf: (publisher: string, version: number) => `${publisher}, version ${format.number(version)}`,
    catalogueAlone: 'The catalogue alone, without models.',
    size: (size: string) => `${size} in all.`,
    nothing: (hasCatalogue: boolean): string =>
      hasCatalogue ? 'Choose at least one model, or the catalogue.' : 'Choose at least one model.',
    unsigned: 'Nobody signs it, and whoever imports it is told so. An administrator signs bundles with the organisation’s key.',
    signedWith: (file: string) => `Signed with the key in ${file}, which is read once and not kept.`,
    pickKey: 'Sign with a key…',
    noKey: 'Do not sign',
    folder: 'Folder',
    noFolders:
      'A browser cannot open folders. Whoever starts Alambic names those that may be used, for example with --folder /media/stick.',
    exportDo: 'Export',
    exportPick: 'Choose the folder…',
    importTitle: 'Import a bundle',
    importWhat: 'Choose the folder of a stick: its bundles are looked for, and nothing comes in before you have seen what it is.',
    looking: 'Looking…',
    look: 'Look for bundles',
    made: (day: string) => `Made on ${day}`,
    signature: {
      verified: (by: string) => `Verified by ${by}`,
      unsigned: 'Unsigned',
      unknown_key: 'Signed by an unknown key',
      wrong_signature: 'The signature does not fit',
    },
    signatureNote: {
      unsigned: 'Nobody signed this bundle. Import it only if you know who made it and how it came here.',
      unknown_key:
        'Somebody signed this bundle, but nobody whom this computer trusts. Import it only if you know who made it and how it came here.',
      wrong_signature: 'This bundle was changed after it was signed. It is not imported.',
    },
    signedOnlyNote:
      'Nobody whom this computer trusts signed this bundle, and only signed ones come in here. The setting is under Settings, General.',
    require: 'Bundles from sticks',
    requireNote: 'What becomes of one that nobody signed, or that was signed with a key that this computer does not trust.',
    requireChoices: { all: 'Comes in after a warning', signed: 'Stays out' },
    here: 'Here already',
    adapter: 'Adapter',
    withPresets: 'Presets',
    withCatalogue: (publisher: string, version: number) => `Catalogue of ${publisher}, version ${format.number(version)}`,
    fate: {
      newer: 'Comes into force',
      same: 'In force already',
      older: 'Is not taken: one at least as new was here already',
    } satisfies Record<Exclude<BundleCatalogue['fate'], 'refused'>, string>,
    catalogueRefused: 'The catalogue in this bundle is refused, so nothing of the bundle comes in.',
    room: (needed: string, free: string) => `Needs ${needed} on disk, you have ${free} free.`,
    importDo: 'Import',
    insist: 'Import all the same',
    insistName: (name: string) => `Import all the same: ${name}`,
    importName: (name: string) => `Import ${name}`,
    work: {
      import: (name: string) => `Import of ${name}`,
      export: (name: string) => `Export of ${name}`,
    },
    reading: (done: string, total: string) => `${done} of ${total} copied and checked. Nothing is installed before all of it is.`,
    writing: (done: string, total: string) => `${done} of ${total} written.`,
    installing: 'All is here and checked. Installing…',
    imported: (count: number) => (count === 0 ? 'Imported and verified.' : `Imported and verified: ${students(count)}.`),
    exported: (count: number, folder: string) =>
      `Written: ${count === 0 ? 'the catalogue' : students(count)}, in the folder ${folder}. Eject the stick before you pull it out.`,
    stopped: (done: string, total: string) => `${done} of ${total}. Nothing is installed; what was copied stays for another try.`,
    stoppedExport: 'Nothing of it is left on the stick.',
    again: 'Try again',
    stop: (name: string) => `Stop ${name} and delete what was copied`,
    close: (name: string) => `Close ${name}`,
  }
}
