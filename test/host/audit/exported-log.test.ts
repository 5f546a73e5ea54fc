// An exported log, verified by the command and by the page of Python in docs/, which shares no code with us: whole, pruned, and with every kind of change.
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { AuditLine } from '../../../contract/audit-line.ts'
import { leafHash, rootOver, tilePath } from '../../../electron/host/audit/merkle.ts'
import { runCommand } from '../../../electron/host/command-line.ts'
import { AuditRoom } from '../../fixtures/audit-logs.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

const script = join(import.meta.dirname, '../../../docs/verify-audit.py')

async function byPython(folder: string, ...more: string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout } = await promisify(execFile)('python3', [script, folder, ...more])
    return { code: 0, said: stdout.trim() }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, said: stdout.trim() }
  }
}
async function byCommand(folder: string, ...more: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = []
  const code = await runCommand(['audit', 'verify', folder, ...more], (line) => said.push(line))
  return { code, said: said.join('\n') }
}
/** What both say; they must agree. */
async function verified(folder: string, ...more: string[]): Promise<{ code: number; said: string }> {
  const [python, command] = await Promise.all([byPython(folder, ...more), byCommand(folder, ...more)])
  expect([python.code, command.code], `${python.said} | ${command.said}`).toEqual([python.code, python.code])
  return { code: python.code, said: `${python.said} | ${command.said}` }
}

let room: AuditRoom
let folder: string
beforeEach(() => {
  folder = temporaryFolder()
  room = new AuditRoom(folder)
})
const exported = async (): Promise<string> => join(folder, (await room.log.export(folder)).name)

describe('the tree', () => {
  test('has the root that RFC 6962 gives, of one entry and over the edge of a tile', async () => {
    // Computed by hand from section 2.1: the hash of an empty entry, and of two.
    expect(leafHash('').toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
    const [one, two] = [leafHash(''), leafHash('\0')]
    expect(rootOver(Buffer.concat([one, two])).toString('hex')).toBe(
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    )
    expect([tilePath(0, 1234067, 256), tilePath(1, 0, 7)]).toEqual(['tile/0/x001/x234/067', 'tile/1/000.p/7'])
    for (const count of [1, 254, 2, 255, 1]) {
      room.note(count)
      expect((await verified(await exported())).code).toBe(0)
    }
    room.database.close()
  })
})

describe('an export', () => {
  test('is whole, and its lines are the schema’s and nothing else', async () => {
    room.note(600)
    const into = await exported()
    expect((await verified(into)).said).toContain('600 entries, whole')
    const lines = readFileSync(join(into, 'entries.jsonl'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(600)
    for (const line of lines) expect(JSON.stringify(AuditLine.parse(JSON.parse(line)))).toBe(line)
    room.database.close()
  })

  test('is whole after pruning, with an earlier checkpoint from before it', async () => {
    room.note(700)
    const earlier = join(folder, 'earlier')
    cpSync(join(room.beside, 'checkpoint'), earlier)
    room.unlocked({ mostRows: 300, mostDays: 1000 })
    room.note(30)
    const { said, code } = await verified(await exported(), earlier)
    expect(said).toContain('730 entries, whole; of 1 to 430 the hashes alone are kept')
    expect(code).toBe(0)
    room.database.close()
  })

  const entries = (change: (lines: string[]) => string[]) => (into: string) => {
    const path = join(into, 'entries.jsonl')
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    writeFileSync(path, `${change(lines).join('\n')}\n`)
  }
  test.each<[string, (into: string) => void]>([
    ['a line taken out', entries((lines) => lines.filter((_line, index) => index !== 100))],
    ['the first line taken out, as if pruned', entries((lines) => lines.slice(1))],
    ['the last line taken out', entries((lines) => lines.slice(0, -1))],
    ['a line changed', entries((lines) => lines.map((line, index) => (index === 5 ? line.replace('"s5"', '"s6"') : line)))],
    ['two lines exchanged', entries(([one = '', two = '', ...rest]) => [two, one, ...rest])],
    ['a line appended', entries((lines) => [...lines, lines[0] ?? ''])],
    ['a tile changed', (into) => writeFileSync(join(into, 'tile/0/000'), Buffer.alloc(8192, 1))],
    ['a tile missing', (into) => rmSync(join(into, 'tile/0/000'))],
    [
      'a checkpoint of more',
      (into) => {
        const path = join(into, 'checkpoint')
        writeFileSync(path, readFileSync(path, 'utf8').replace('\n300\n', '\n299\n'))
      },
    ],
    [
      'a checkpoint that says more was pruned',
      (into) => {
        const path = join(into, 'checkpoint')
        writeFileSync(path, readFileSync(path, 'utf8').replace('first 0', 'first 1'))
        entries((lines) => lines.slice(1))(into)
      },
    ],
  ])('with %s is not whole', async (_name, change) => {
    room.note(300)
    const into = await exported()
    change(into)
    expect((await verified(into)).code).toBe(1)
    room.database.close()
  })

  test('of an older main.db does not have what a witness kept', async () => {
    room.note(10)
    room.database.checkpoint()
    cpSync(join(folder, 'main.db'), join(folder, 'old.db'))
    room.note(1)
    const witness = join(folder, 'witness')
    cpSync(join(room.beside, 'checkpoint'), witness)
    room.database.close()
    cpSync(join(folder, 'old.db'), join(folder, 'main.db'))
    room.unlocked()
    expect(room.log.state.value.standing).toBe('set_back')
    expect(room.log.rows(1)).toMatchObject([{ event: 'audit_set_back', count: 1 }])
    expect((await room.log.verify()).standing).toBe('set_back')
    expect((await verified(await exported(), witness)).code).toBe(1)
    room.database.close()
  })

  test('into a folder that does not take it leaves nothing, and says so', async () => {
    await expect(room.log.export(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'place_unwritable' })
    room.database.close()
  })
})
