/** English: the catalogue, downloads, and the door that they come through. */
import type { CatalogueSource, Duty } from '../../contract/catalogue.ts'
import type { Fit } from '../../contract/entities.ts'
import type { LedgerEntry } from '../../contract/network.ts'
import type { Settings } from '../../contract/settings.ts'
import type { Format } from './format.ts'

export function catalogueInEnglish(format: Format) {
  return {
    tabs: 'Installed models and catalogue',
    tabHere: 'Installed',
    tabCatalogue: 'Catalogue',
    search: 'Search the catalogue',
    fitting: 'Fits this computer',
    recent: 'New',
    language: 'Language',
    anyLanguage: 'Any language',
    licenceFilter: 'Licence',
    anyLicence: 'Any licence',
    recommended: (name: string) => `Recommended for this computer: ${name}.`,
    recommendedWhy: {
      card: 'It is recent, speaks English and is the largest that fits in memory here.',
      processor: 'It is recent, speaks English, fits in memory here and is light enough to do without a graphics card.',
    },
    chosenAlready: 'Already chosen',
    quantisedBy: (quantisation: string, by: string) => `${quantisation} by ${by}`,
    reasons: 'Reasoning',
    sources: {
      built_in: (publisher: string, version: number, until: string) =>
        `Catalogue by ${publisher}, version ${format.number(version)}, included with Alambic, valid until ${until}`,
      publisher: (publisher: string, version: number, until: string) =>
        `Catalogue by ${publisher}, version ${format.number(version)}, valid until ${until}`,
      organisation: (publisher: string, version: number, until: string) =>
        `Your organisation’s catalogue: ${publisher}, version ${format.number(version)}, valid until ${until}`,
    } satisfies Record<CatalogueSource['kind'], (publisher: string, version: number, until: string) => string>,
    signedBy: (name: string) => `signature verified, key “${name}”`,
    expired: 'Expired but usable.',
    refusedTitle: 'A catalogue was refused',
    lastGood: 'The previous one is still used.',
    checkNow: 'Check for a newer one',
    asking: 'Checking…',
    takeFile: 'Load from a file…',
    forget: 'Go back to Alambic’s own',
    ownTitle: 'Your organisation’s catalogue',
    ownLead:
      'Your organisation can publish its own list of models, signed with its own key. Bundles and model cards signed with that key are trusted too.',
    ownAddress: 'Address',
    addressHint: 'Contacted when you unlock Alambic or ask for it. No other address is contacted.',
    wrongAddress: 'The address must begin with https:// and have no “?” or “#”.',
    keys: 'Public keys',
    keysHint: 'One per line: a name, then the key your administrator gave you.',
    wrongKeys: 'One of these lines is not a key. A key has 44 characters and ends in =.',
    mode: 'How to use it',
    modes: { extend: 'Together with Alambic’s', replace: 'Instead of Alambic’s' } satisfies Record<
      Settings['catalogueMode'],
      string
    >,
    nothing: 'No matching model.',
    teacher: 'Teacher',
    maker: 'Made by',
    noTeacher: 'No teacher named.',
    fit: { fits: 'Fits', tight: 'Tight', too_big: 'Too big' } satisfies Record<Fit['verdict'], string>,
    size: (size: string, exact: boolean) => (exact ? size : `About ${size}`),
    context: (tokens: number) => `${format.number(tokens)} tokens of context`,
    needs: (needed: string, free: string) => `needs about ${needed} of memory; ${free} are free`,
    wouldNeed: (needed: string, free: string) => `Needs ${needed} of memory; ${free} are free.`,
    here: 'Installed and verified',
    noFile: 'No file available',
    onItsWay: {
      running: 'Downloading',
      waiting: 'Waiting for the network',
      checking: 'Checking',
      paused: 'Paused',
      failed: 'Stopped',
    },
    download: 'Download',
    downloadName: (name: string) => `Download ${name}`,
    downloadOf: (name: string) => `Download of ${name}`,
    from: (host: string) => `from ${host}`,
    done: (done: string, total: string) => `${done} of ${total}`,
    running: (done: string) => `${done}.`,
    runningLeft: (done: string, speed: string, left: string) => `${done}, ${speed}/s, about ${left} left.`,
    waiting: (done: string) => `${done}. No network: the download will resume by itself.`,
    paused: (done: string) => `${done}. Paused; what was downloaded is kept.`,
    stopped: (done: string) => `${done}. What was downloaded is kept.`,
    checking: 'Downloaded. Checking it against the catalogue…',
    pause: 'Pause',
    resume: 'Resume',
    tryNow: 'Try now',
    cancel: (name: string) => `Stop the download of ${name} and delete the partial file`,
    askTitle: (name: string) => `Download ${name}?`,
    askWhat: (size: string, host: string) =>
      `${size} from ${host}. Alambic connects only to this server and its file servers, only for this download. None of your data is sent. The file is accepted only if it is exactly the one that was published.`,
    askTight: (needed: string, free: string) =>
      `It will be tight: it needs about ${needed} of memory, and ${free} are free. Other programs may slow down.`,
    askBig: (needed: string, free: string) =>
      `Too big for this computer at the moment: it needs about ${needed} of memory, and ${free} are free.`,
    licence: (licence: string) => `Licence ${licence}.`,
    duties: {
      built_with_llama: 'Anything you offer that is made with it must say “Built with Llama”.',
      llama_prefix: 'A model made from it must have a name that begins with “Llama”.',
      notice: 'If you pass it on, include the licence and its notice.',
      acceptable_use: 'Its publisher forbids some uses: see its acceptable use policy.',
      no_commercial: 'No commercial use.',
    } satisfies Record<Duty, string>,
    builtWithLlama: 'Built with Llama',
  }
}

export const neighboursInEnglish = {
  title: 'From other programs on this computer',
  lead: 'LM Studio, Jan, Ollama, GPT4All and the Hugging Face tools may have downloaded models already.',
  look: 'Look for them',
  lookAgain: 'Look again',
  looking: 'Looking…',
  none: 'No other model was found where these programs keep theirs.',
  note: 'Used where it is, a model takes no extra space, but its program may change or delete it. A copy belongs to Alambic. Either way, it is checked first.',
  facts: (size: string, quantisation: string, architecture: string) => `${size}, ${quantisation}, ${architecture}`,
  use: 'Use where it is',
  useName: (name: string) => `Use where it is: ${name}`,
  copy: 'Copy',
  copyName: (name: string) => `Copy ${name}`,
  inPlace: 'Another program’s file',
  removeWhat:
    'Only the entry here is removed. The file belongs to another program and stays where it is. Your conversations stay.',
}

export function privacyInEnglish(format: Format) {
  return {
    lead: 'Alambic is offline until you ask it to download something. It then connects only to servers that you have allowed.',
    ledger: 'Connection log',
    noEntries: 'Alambic has never connected to anything.',
    allowed: 'Allowed servers',
    noneAllowed: 'None yet. Alambic asks you the first time it needs a server.',
    given: 'Allowed',
    byPolicy: 'By your organisation',
    untilLock: (when: string) => `${when}, until Alambic locks`,
    withdraw: 'Withdraw',
    withdrawFrom: (host: string) => `Withdraw: ${host}`,
    action: 'Action',
    via: (proxy: string) => `via ${proxy}`,
    when: 'When',
    host: 'Server',
    purpose: 'Purpose',
    outcome: 'Result',
    received: 'Received',
    purposes: {
      model_download: 'Model download',
      catalogue: 'Your organisation’s catalogue',
      teacher: 'Teacher model',
      proxy: 'Proxy',
      link: 'Opened link',
    } satisfies Record<LedgerEntry['purpose'], string>,
    outcomes: { open: 'In progress', passed: 'Allowed', refused: 'Refused', failed: 'Interrupted' } satisfies Record<
      LedgerEntry['outcome'],
      string
    >,
    audit: {
      title: 'Audit log',
      lead: 'Who unlocked, exported, erased or changed what, without a word of yours. Your organisation can verify an export elsewhere.',
      verifying: 'Checking…',
      standing: (entries: number) => ({
        unverified: format.plural(entries, { one: '1 entry', other: `${format.number(entries)} entries` }),
        verified: format.plural(entries, { one: '1 entry, verified', other: `${format.number(entries)} entries, verified` }),
        set_back: 'An older log was put back: entries are missing.',
        broken: 'The log was changed: it is not what was written.',
      }),
      folder: 'Folder',
      noFolder: 'Alambic was started without a folder to write to. Start it with --folder and the folder’s path.',
      export: 'Export…',
      exported: (name: string) => `Exported: ${name}.`,
    },
    count: (shown: number, total: number) =>
      shown === total
        ? format.plural(total, { one: 'One attempt.', other: `${format.number(total)} attempts.` })
        : `The latest ${format.number(shown)} of ${format.number(total)} attempts.`,
    ways: 'Servers and proxy',
    hub: 'Server for models',
    hubHint: 'The public server for models, or your organisation’s copy of it. Addresses with https only.',
    wrongHub: 'The address must begin with https:// and have no “?” or “#”.',
    proxy: 'Proxy',
    proxyHint: 'Empty: as set on this computer.',
    wrongProxy: 'The address must begin with http:// or https://, or be empty.',
    certificates: 'Additional certificate authorities',
    certificatesHint: 'PEM text, for servers in your organisation. Those that this computer trusts already work.',
    certificatesFile: 'Add from a file…',
    wrongCertificates: 'This is not a certificate in PEM format.',
    save: 'Save',
    saved: 'Saved',
  }
}
