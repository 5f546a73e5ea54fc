/** English: the catalogue, downloads, and the door that they come through. */
import type { CatalogueSource, Duty } from '../../contract/catalogue.ts'
import type { Fit } from '../../contract/entities.ts'
import type { LedgerEntry } from '../../contract/network.ts'
import type { Settings } from '../../contract/settings.ts'
import type { Format } from './format.ts'

export function catalogueInEnglish(format: Format) {
  return {
    tabs: 'Models here and in the catalogue',
    tabHere: 'Here',
    tabCatalogue: 'Catalogue',
    search: 'Search the catalogue',
    fitting: 'Fits this machine',
    french: 'French',
    reasons: 'Reasons',
    sources: {
      built_in: (publisher: string, version: number, until: string) =>
        `Catalogue of ${publisher}, version ${format.number(version)}, part of this program, good until ${until}`,
      publisher: (publisher: string, version: number, until: string) =>
        `Catalogue of ${publisher}, version ${format.number(version)}, good until ${until}`,
      organisation: (publisher: string, version: number, until: string) =>
        `Your organisation’s catalogue: ${publisher}, version ${format.number(version)}, good until ${until}`,
    } satisfies Record<CatalogueSource['kind'], (publisher: string, version: number, until: string) => string>,
    signedBy: (name: string) => `signature verified, key “${name}”`,
    expired: 'Its time is over. It still works; ask its publisher for a newer one.',
    refusedTitle: 'A catalogue was not taken',
    lastGood: 'The last good one stays.',
    checkNow: 'Look for a newer one',
    asking: 'Asking…',
    takeFile: 'Take one from a file…',
    forget: 'Back to the one of this program',
    ownTitle: 'Your organisation’s catalogue',
    ownLead:
      'Your organisation can publish its own list of models, signed with its own key. Its key also vouches for bundles and lineage cards.',
    ownAddress: 'Address',
    addressHint: 'Asked when Alambic is unlocked, and when you say so. Nothing else is asked.',
    wrongAddress: 'An address begins with https:// and has no “?” or “#”.',
    keys: 'Public keys',
    keysHint: 'One a line: a name, then the key, as your administrator gave it to you.',
    wrongKeys: 'One of these lines is not a key. A key has 44 characters and ends in =.',
    mode: 'Beside ours, or in its place',
    modes: { extend: 'Beside ours', replace: 'In its place' } satisfies Record<Settings['catalogueMode'], string>,
    nothing: 'Nothing in the catalogue is like that.',
    teacher: 'Teacher',
    maker: 'Made by',
    noTeacher: 'No teacher is named.',
    fit: { fits: 'Fits', tight: 'Tight', too_big: 'Too big' } satisfies Record<Fit['verdict'], string>,
    size: (size: string, exact: boolean) => (exact ? size : `About ${size}`),
    context: (tokens: number) => `${format.number(tokens)} tokens of context`,
    needs: (needed: string, free: string) => `needs about ${needed} of memory, ${free} are free`,
    wouldNeed: (needed: string, free: string) => `Needs ${needed} of memory, ${free} are free.`,
    here: 'Here, verified',
    noFile: 'No file is known',
    onItsWay: {
      running: 'Downloading',
      waiting: 'Waiting for the network',
      checking: 'Being checked',
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
    waiting: (done: string) => `${done}. The network is away; it goes on by itself.`,
    paused: (done: string) => `${done}. Paused; what is here stays.`,
    stopped: (done: string) => `${done}. What is here stays.`,
    checking: 'All here. Checking it against the catalogue…',
    pause: 'Pause',
    resume: 'Resume',
    tryNow: 'Try now',
    cancel: (name: string) => `Stop the download of ${name} and delete what is here`,
    askTitle: (name: string) => `Download ${name}?`,
    askWhat: (size: string, host: string) =>
      `${size} from ${host}. Alambic connects to this server and its file servers alone, until the file is here. Nothing of yours is sent. The file becomes a model only if it is exactly the one that was published.`,
    askTight: (needed: string, free: string) =>
      `It will be tight: it needs about ${needed} of memory, and ${free} are free. Other programs may become slow.`,
    askBig: (needed: string, free: string) =>
      `It is too big for this machine as it is now: it needs about ${needed} of memory, and ${free} are free.`,
    licence: (licence: string) => `Licence ${licence}.`,
    duties: {
      built_with_llama: 'Whoever offers something made with it must say “Built with Llama”.',
      llama_prefix: 'The name of a model made from it must begin with “Llama”.',
      notice: 'Whoever passes it on passes on the licence and its notice.',
      acceptable_use: 'Its publisher forbids some uses; they stand in its acceptable use policy.',
      no_commercial: 'It may not be used commercially.',
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
  none: 'No further model was found in the places where these programs keep theirs.',
  note: 'Used where it is, a model takes no further room, but its program may change or delete it. A copy belongs to Alambic. Either way it is checked first.',
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
    lead: 'Alambic is offline unless you ask it to fetch something, and then it connects to servers that you allowed and to no other.',
    ledger: 'Connection log',
    noEntries: 'Alambic has never connected to anything.',
    allowed: 'Allowed servers',
    noneAllowed: 'None yet. You are asked the first time that a server is needed.',
    given: 'Allowed',
    byPolicy: 'By your organisation',
    untilLock: (when: string) => `${when}, until Alambic locks`,
    withdraw: 'Withdraw',
    withdrawFrom: (host: string) => `Withdraw: ${host}`,
    action: 'Action',
    via: (proxy: string) => `through ${proxy}`,
    when: 'When',
    host: 'Server',
    purpose: 'What for',
    outcome: 'Result',
    received: 'Received',
    purposes: {
      model_download: 'Download of models',
      catalogue: 'The organisation’s catalogue',
      teacher: 'Teacher model',
      proxy: 'Proxy',
      link: 'Opened link',
    } satisfies Record<LedgerEntry['purpose'], string>,
    outcomes: { open: 'Going on', passed: 'Allowed', refused: 'Refused', failed: 'Interrupted' } satisfies Record<
      LedgerEntry['outcome'],
      string
    >,
    count: (shown: number, total: number) =>
      shown === total
        ? format.plural(total, { one: 'One attempt.', other: `${format.number(total)} attempts.` })
        : `The newest ${format.number(shown)} of ${format.number(total)} attempts.`,
    ways: 'Where and how',
    hub: 'Server for models',
    hubHint: 'The public hub, or your organisation’s mirror of it. Only encrypted addresses (https).',
    wrongHub: 'An address that begins with https:// is needed, without “?” or “#”.',
    proxy: 'Proxy',
    proxyHint: 'Empty: as this computer’s environment says.',
    wrongProxy: 'An address that begins with http:// or https:// is needed, or nothing.',
    certificates: 'Further certificate authorities',
    certificatesHint: 'PEM text, for servers inside your organisation. Those that this computer trusts are trusted already.',
    certificatesFile: 'Add from a file…',
    wrongCertificates: 'This does not begin like a certificate in PEM form.',
    save: 'Save',
    saved: 'Saved',
  }
}
