/**
 * What the operating system can hold a worker in. On Linux `bwrap`: a network, a list of processes and a view of the files of its own; where
 * only `unshare` works, the first two. On macOS a profile of `sandbox-exec`, written after its manual and never run by us. On Windows
 * nothing without native code. Which of them stands is found out by starting a program in it, never by looking whether it is installed.
 *
 * A view is fixed when a process is started. What a worker needs later, a model in another program's folder, is seen by starting it anew: its
 * keeper's owner does that (see `runtime/engine-view.ts`). Files that are bound keep their device, inode and ctime, and /proc/self/fd is the
 * worker's own, so what an engine reports of a descriptor can be compared with what the host hashed.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { ConfinementMeans, ConfinementTrouble } from '../../../contract/walls.ts'
import { cardView, type CardView } from './card-view.ts'
import { seatbeltProfile } from './seatbelt-profile.ts'
import type { WorkerView } from './worker-view.ts'

export interface Confinement {
  means: ConfinementMeans
  /** Null where the best that this system has stands. */
  trouble: ConfinementTrouble | null
  /** Whether a worker that computes is shown a graphics card; null where the files are the person's, and so is the card. */
  readonly card: boolean | null
  /** What is to be started in order that the program runs, held. */
  command(program: string, words: readonly string[], view: WorkerView): [file: string, words: string[]]
}

/** Libraries and the loader's list of them; distributions that keep everything in one store. */
const libraries = [
  ...['/lib', '/lib32', '/lib64', '/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/local/lib', '/usr/local/lib64'],
  ...['/etc/ld.so.cache', '/etc/os-release', '/nix/store', '/gnu/store', '/run/opengl-driver'],
]
/** Nothing of the operating system's. */
export function noConfinement(trouble: ConfinementTrouble | null): Confinement {
  return { means: 'none', trouble, card: null, command: (program, words) => [program, [...words]] }
}

/**
 * Linux' own network, list of processes and view of the files.
 * @param devices what there is in /dev now: NVIDIA's driver makes its devices when it is first used
 */
export function bwrapConfinement(devices: () => readonly string[] = deviceNames): Confinement {
  return {
    ...{ means: 'bwrap', trouble: null },
    get card() {
      return cardView(devices()).devices.length > 0
    },
    command: (program, words, view) => ['bwrap', bwrapWords(program, words, view, cardView(devices()))],
  }
}

function deviceNames(): string[] {
  try {
    return readdirSync('/dev')
  } catch {
    return []
  }
}

/** Linux' own network and list of processes; the files are those of the person. */
export function unshareConfinement(trouble: ConfinementTrouble): Confinement {
  return {
    ...{ means: 'unshare', trouble, card: null },
    command: (program, words) => [
      'unshare',
      [
        ...['--user', '--map-current-user', '--net', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
        // The first process of a list is not ended by its own signals, so the worker is the second.
        ...['/bin/sh', '-c', '"$0" "$@"; exit $?', program, ...words],
      ],
    ],
  }
}

/** macOS' own; never run by us. */
export function seatbeltConfinement(): Confinement {
  return {
    ...{ means: 'seatbelt', trouble: null, card: null },
    command: (program, words, view) => ['/usr/bin/sandbox-exec', ['-p', seatbeltProfile(program, view), program, ...words]],
  }
}

function bwrapWords(
  program: string,
  words: readonly string[],
  { program: parts, reads, writes, card }: WorkerView,
  { files, devices }: CardView,
): string[] {
  const bind = (how: string, paths: readonly string[]): string[] => paths.flatMap((path) => [how, path, path])
  return [
    // Its own user, network, processes, names and messages; gone with its host; no terminal of its host's to write into.
    ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...bind('--ro-bind-try', libraries),
    ...(card ? bind('--ro-bind-try', files) : []),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...(card ? bind('--dev-bind-try', devices) : []),
    ...bind('--ro-bind', [program]),
    ...bind('--ro-bind-try', [...parts, ...reads]),
    ...bind('--bind-try', writes),
    ...['--chdir', '/', '--', program, ...words],
  ]
}

/** Tries what this system may have, the best first, by running the program in it. */
export async function findConfinement(
  platform: NodeJS.Platform = process.platform,
  tryIt: (confinement: Confinement) => Promise<'works' | 'missing' | 'fails'> = runs,
): Promise<Confinement> {
  if (platform === 'darwin') {
    const seatbelt = seatbeltConfinement()
    const outcome = await tryIt(seatbelt)
    return outcome === 'works' ? seatbelt : noConfinement(outcome === 'missing' ? 'not_installed' : 'refused')
  }
  if (platform !== 'linux') return noConfinement('unsupported')
  const bwrap = bwrapConfinement()
  const outcome = await tryIt(bwrap)
  if (outcome === 'works') return bwrap
  const trouble = outcome === 'missing' ? 'not_installed' : whyRefused(kernelSetting)
  const unshare = unshareConfinement(trouble)
  return (await tryIt(unshare)) === 'works'
    ? unshare
    : noConfinement(outcome === 'missing' ? whyRefused(kernelSetting, trouble) : trouble)
}

/** Why Linux refuses namespaces, as its settings say. @param otherwise when they say nothing */
export function whyRefused(
  setting: (path: string) => string | null,
  otherwise: ConfinementTrouble = 'refused',
): ConfinementTrouble {
  // Ubuntu from 23.10 on; a profile of AppArmor allows them to one program.
  if (setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1') return 'restricted'
  // Debian's and Arch's; and everybody's.
  if (setting('/proc/sys/kernel/unprivileged_userns_clone') === '0') return 'switched_off'
  if (setting('/proc/sys/user/max_user_namespaces') === '0') return 'switched_off'
  return otherwise
}

function kernelSetting(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return null
  }
}

/** A program that hangs in its walls is of no use, in milliseconds. */
const longestTrialMs = 5_000

function runs(confinement: Confinement): Promise<'works' | 'missing' | 'fails'> {
  const [file, words] = confinement.command(process.execPath, ['--version'], { program: [], reads: [], writes: [], card: true })
  return new Promise((resolve) => {
    const child = spawn(file, words, { stdio: 'ignore', timeout: longestTrialMs, killSignal: 'SIGKILL' })
    child.on('error', (error) => resolve(Reflect.get(error, 'code') === 'ENOENT' ? 'missing' : 'fails'))
    child.on('exit', (code) => resolve(code === 0 ? 'works' : 'fails'))
  })
}

/** How a process ended that ran in walls: they say 128 and the signal's number for a worker that was ended by one. */
export function exitOf(
  { means }: Confinement,
  code: number | null,
  signal: string | null,
): { code: number | null; signal: string | null } {
  if ((means !== 'bwrap' && means !== 'unshare') || code === null || code <= 128) return { code, signal }
  const name = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0]
  return name === undefined ? { code, signal } : { code: null, signal: name }
}
