/** Needles: a thousand words through every feature of a host, and none of them in any file of its data, of the temporary folder, or that is open. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesWith, holds } from '../fixtures/needle-search.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { Tally, type OrdealOptions, type OrdealOutcome } from './outcome.ts'
import { saidUnder, SpokenChild } from './spoken-child.ts'

export async function needles(options: OrdealOptions): Promise<OrdealOutcome> {
  const tally = new Tally('needles', options)
  const [data, scratch, temporary] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
  mkdirSync(join(scratch, 'exported'), { recursive: true })
  // What is exported goes where the person says; it is looked at as well.
  const folders = [data, temporary, join(scratch, 'exported')]
  const child = new SpokenChild('needles-child.ts', [data, scratch], { TMPDIR: temporary, ALAMBIC_TEST_FOLDER: temporary })
  const find = (where: string, pid: number | undefined): void => {
    tally.had(0, where)
    for (const file of filesWith('needle', folders, pid)) tally.failed(0, `${where}: a needle in ${file}`)
  }
  try {
    for (let looked = 0; ; looked++) {
      const line = await child.untilCount(/^look /, looked + 1)
      const where = line.slice('look '.length)
      find(where, child.pid)
      if (where.startsWith('the middle')) break
      writeFileSync(join(scratch, `seen-${looked}`), '')
    }
    tally.count('needles', Number(saidUnder('needles', child.lines)[0]))
    await child.kill()
    find('after a kill', undefined)
    mustFindItself(temporary)
  } catch (error) {
    tally.failed(0, error instanceof Error ? error.message : String(error))
    await child.kill().catch(() => undefined)
  }
  tally.count('files', readdirSync(data, { recursive: true }).length)
  return tally.outcome()
}

/** The search finds what is in clear, or it would prove nothing. @throws Error when it does not */
function mustFindItself(folder: string): void {
  const planted = join(folder, 'planted.txt')
  writeFileSync(planted, `some ${Buffer.from('a needle1 in base64').toString('base64')}`)
  if (!holds('needle', readFileSync(planted)) || filesWith('needle', [folder], undefined).length !== 1)
    throw new Error('The search does not find what is in clear')
}
