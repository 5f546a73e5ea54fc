// Saving a paper through the whole host: what lies in the folder afterwards, whatever comes between.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Papers } from '../../../electron/host/papers/papers.ts'
import { paperName } from '../../../electron/host/papers/paper-file.ts'
import type { Paper, PaperFormat } from '../../../contract/paper.ts'
import { program } from '../../fixtures/program.ts'
import { paperOf, paragraph, wholePaper } from '../../fixtures/paper.ts'
import { startTestHost, temporaryFolder, type TestHost } from '../../fixtures/test-host.ts'

let open: TestHost
let folder: string
beforeEach(async () => {
  open = await startTestHost()
  await open.client.vault.create({ kind: 'keychain' })
  folder = temporaryFolder()
})
afterEach(() => open.close())

/** As a page sends it. */
async function sent(json: string): Promise<string> {
  let reference: string | null = null
  const bytes = Buffer.from(json)
  for (let from = 0, last = false; !last; from += 1024 * 1024) {
    last = from + 1024 * 1024 >= bytes.length
    const base64 = bytes.subarray(from, from + 1024 * 1024).toString('base64')
    const taken: { reference: string } = await open.client.desktop.receive({ reference, name: 'paper.json', base64, last })
    reference = taken.reference
  }
  return reference ?? ''
}
async function save(paper: Paper, format: PaperFormat = 'pdf'): Promise<{ name: string; sizeBytes: number }> {
  const reference = open.host.references.issue(folder)
  return open.client.papers.save({ workspaceId: 'w', reference, paper: await sent(JSON.stringify(paper)), format })
}

test('saves under the title; a second one stands beside the first, which stays as it was', async () => {
  const first = await save(wholePaper)
  expect(first.name).toBe('Notice.pdf')
  const bytes = readFileSync(join(folder, 'Notice.pdf'))
  expect(first.sizeBytes).toBe(bytes.length)
  expect(bytes.toString('latin1', 0, 5)).toBe('%PDF-')
  writeFileSync(join(folder, 'Notice.docx'), 'mine')
  expect((await save(wholePaper, 'docx')).name).toBe('Notice-2.docx')
  expect((await save(wholePaper)).name).toBe('Notice-2.pdf')
  expect(readdirSync(folder).sort()).toEqual(['Notice-2.docx', 'Notice-2.pdf', 'Notice.docx', 'Notice.pdf'])
  expect(readFileSync(join(folder, 'Notice.docx'), 'utf8')).toBe('mine')
  expect(readFileSync(join(folder, 'Notice.pdf')).equals(bytes)).toBe(true)
})

test('what is sent is spent, and what is no paper is refused', async () => {
  const reference = open.host.references.issue(folder)
  const paper = await sent('{"title": 1}')
  const wish = { workspaceId: 'w', reference, paper, format: 'pdf' as const }
  await expect(open.client.papers.save(wish)).rejects.toMatchObject({ code: 'invalid_input' })
  await expect(open.client.papers.save(wish)).rejects.toMatchObject({ code: 'not_found' })
  const link = { ...paragraph(''), runs: [{ text: 'x', link: 'javascript:alert(1)' }] } as never
  await expect(save(paperOf([link]))).rejects.toMatchObject({ code: 'invalid_input' })
  expect(readdirSync(folder)).toEqual([])
})

test('is noted without a word of it', async () => {
  await save(wholePaper)
  await open.client.papers.begin({ workspaceId: 'w', way: 'copy' })
  const rows = open.host.audit.rows(10).map(({ event, subject, failure }) => [event, subject, failure])
  expect(rows).toEqual(
    expect.arrayContaining([
      ['paper_saved', 'w', null],
      ['words_taken', 'w', null],
    ]),
  )
})

describe('nothing of the file stays', () => {
  test('when the folder is gone or cannot be written', async () => {
    const reference = open.host.references.issue(join(folder, 'gone'))
    const paper = await sent(JSON.stringify(wholePaper))
    await expect(open.client.papers.save({ workspaceId: 'w', reference, paper, format: 'pdf' })).rejects.toMatchObject({
      code: 'place_unwritable',
    })
    expect(existsSync(join(folder, 'gone'))).toBe(false)
    if (process.getuid?.() === 0) return
    chmodSync(folder, 0o500)
    await expect(save(wholePaper)).rejects.toMatchObject({ code: 'place_unwritable' })
  })

  test('when the vault is locked or the page goes meanwhile', async () => {
    const long = paperOf(Array.from({ length: 20_000 }, () => paragraph('word '.repeat(100))))
    const reference = open.host.references.issue(folder)
    const wish = { workspaceId: 'w', reference, format: 'pdf' as const }
    const locked = open.client.papers.save({ ...wish, paper: await sent(JSON.stringify(long)) }).catch((error: unknown) => error)
    await open.client.vault.lock({})
    expect(await locked).toMatchObject({ code: expect.stringMatching(/cancelled|locked/) as string })
    expect(readdirSync(folder)).toEqual([])
    await open.client.vault.unlock({})
    const leaving = new AbortController()
    const left = open.client.papers
      .save({ ...wish, paper: await sent(JSON.stringify(long)) }, { signal: leaving.signal })
      .catch((error: unknown) => error)
    leaving.abort()
    expect(await left).toMatchObject({ code: 'cancelled' })
    await open.client.vault.lock({})
    expect(readdirSync(folder)).toEqual([])
  })

  test('when it is given up in the middle of the writing', async () => {
    const long = paperOf(Array.from({ length: 20_000 }, () => paragraph('word '.repeat(100))))
    const papers = new Papers({ references: open.host.references, fontFolder: program.fonts })
    const reference = open.host.references.issue(folder)
    const paper = await sent(JSON.stringify(long))
    const saving = papers.save({ reference, paper, format: 'pdf' }, new AbortController().signal).catch((error: unknown) => error)
    expect(papers.saving).toBe(true)
    await papers.close()
    expect(papers.saving).toBe(false)
    expect(await saving).toMatchObject({ code: 'cancelled' })
    expect(readdirSync(folder)).toEqual([])
  })
})

test.each([
  ['What is the notice period?', 'What is the notice period'],
  ['../../etc/passwd', 'etc passwd'],
  ['a/b\\c:d*e"f<g>h|i', 'a b c d e f g h i'],
  ['\u202eevil\u0000\u0007 exe', 'evil exe'],
  ['con', 'Alambic con'],
  ['NUL.txt', 'Alambic NUL.txt'],
  ['...', 'Alambic'],
  ['', 'Alambic'],
  ['Préavis\u2028de bail. ', 'Préavis de bail'],
])('the title %j is the name %j', (title, name) => {
  expect(paperName(title)).toBe(name)
})

test('a name fits on a disk, in whole signs', () => {
  for (const title of ['x'.repeat(300), 'é'.repeat(300), '👩‍👩‍👧'.repeat(100)]) {
    const name = paperName(title)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(160)
    expect(title.startsWith(name.slice(0, 10))).toBe(true)
    expect(name.isWellFormed()).toBe(true)
  }
})

test('a disk that is full is told, and nothing of the file stays', async (context) => {
  const disk = temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    return context.skip('no disk can be mounted here')
  }
  try {
    folder = disk
    await expect(save(wholePaper)).rejects.toMatchObject({ code: 'disk_full' })
    expect(readdirSync(disk)).toEqual([])
  } finally {
    execFileSync('umount', [disk])
  }
})
