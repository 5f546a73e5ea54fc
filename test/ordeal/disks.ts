/**
 * Disks that are full, read-only or have lost a folder, at each writer of a host. Each is told in words and within half a minute, the host answers
 * afterwards, and once the disk is well each writer writes again and nothing of before is missing.
 */
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { Tally, type OrdealOptions, type OrdealOutcome } from './outcome.ts'

const faults = ['full', 'read-only', 'vanished'] as const
/** What a writer may be refused with; anything else says nothing to a person. */
const words = new Set(['written', 'disk_full', 'place_unwritable', 'backup_folder_gone', 'backup_folder_refused'])

/** Why no disk can be made here; null when one can. */
export function whyNoDisks(): string | null {
  const { status, error, stderr } = spawnSync('unshare', ['-rm', '--', 'mount', '-t', 'tmpfs', 'tmpfs', temporaryFolder()], {
    encoding: 'utf8',
  })
  return status === 0 ? null : (error?.message ?? stderr.trim())
}

/** Case n is fault n modulo three. */
export async function disks(options: OrdealOptions): Promise<OrdealOutcome> {
  const tally = new Tally('disks', options)
  const why = whyNoDisks()
  if (why !== null) options.say(`NOT RUN: disks, because it may not run \`unshare -rm\`: ${why}`)
  else for (let number = options.from; number < options.from + options.count; number++) await meet(number, options, tally)
  return tally.outcome()
}

/** Runs the host in a mount namespace of its own, whose disk goes with it. */
function hostOn(fault: string): Promise<{ trouble: string | null; stdout: string }> {
  const child = join(import.meta.dirname, '../fixtures/disks-child.ts')
  const words = ['-rm', '--', process.execPath, child, fault, join(temporaryFolder(), 'disk')]
  return new Promise((resolve) => {
    execFile('unshare', words, { timeout: 300_000 }, (error, stdout, stderr) =>
      resolve({ trouble: error && (stderr.trim().slice(-1500) || error.message), stdout }),
    )
  })
}

async function meet(number: number, { say }: OrdealOptions, tally: Tally): Promise<void> {
  const fault = faults[number % faults.length] ?? 'full'
  const { trouble, stdout } = await hostOn(fault)
  const lines = stdout.split('\n').filter(Boolean)
  for (const line of lines) {
    const [when = '', writer = '', code = '', ms = '0'] = line.split(' ')
    if (when === 'kept') continue
    tally.had(Number(ms), `${writer}, ${fault}`)
    if (when === 'met' && code !== 'written') tally.count(`${fault} told`)
    if (when === 'met' && !words.has(code)) tally.failed(number, `${fault}: ${writer} is refused with ${code}`)
    if (when === 'well' && code !== 'written') tally.failed(number, `after ${fault}: ${writer} is refused with ${code}`)
    if (when === 'met') say(`disks: ${fault}, ${writer}: ${code} in ${ms} ms`)
  }
  if (trouble !== null) tally.failed(number, `${fault}: the host ended: ${trouble}`)
  const [, , documents = '0'] = lines.find((line) => line.startsWith('kept '))?.split(' ') ?? []
  if (trouble === null && Number(documents) < 1) tally.failed(number, `${fault}: the document of before is missing`)
}
