/** What is dropped and pasted, as browsers hand it over: all of a folder and not its first hundred, no hidden files, and a word for what cannot be read. */
import { expect, it } from 'vitest'
import { filesOf, pastesFiles, type HandedEntry, type HandedItem } from '../../renderer/state/handed-files.ts'

const file = (name: string): HandedEntry => ({ name, isDirectory: false, file: (tell) => tell(new File(['x'], name)) })
const broken = (name: string): HandedEntry => ({ name, isDirectory: false, file: (_, fail) => fail(new Error('gone')) })
function folder(name: string, ...entries: HandedEntry[]): HandedEntry {
  const createReader = () => {
    const left = [...entries]
    return { readEntries: (tell: (some: HandedEntry[]) => void) => tell(left.splice(0, 100)) }
  }
  return { name, isDirectory: true, createReader }
}
function locked(name: string): HandedEntry {
  const readEntries = (_: unknown, fail: (error: unknown) => void): void => fail(new Error('not allowed'))
  return { name, isDirectory: true, createReader: () => ({ readEntries }) }
}
const item = (entry: HandedEntry): HandedItem => ({
  webkitGetAsEntry: () => entry,
  getAsFile: () => (entry.isDirectory ? null : new File(['x'], entry.name)),
})

it('takes every document of a folder and its folders, in order, and any file that is handed over by itself', async () => {
  const many = Array.from({ length: 250 }, (_, index) => file(`letter ${index}.pdf`))
  const items = [folder('Baux', ...many, folder('2024', file('Bail.DOCX'))), file('notes.xyz')].map(item)
  const { files, refused } = await filesOf({ items })
  expect(files).toHaveLength(252)
  expect(files.slice(-3).map(({ name }) => name)).toEqual(['letter 249.pdf', 'Bail.DOCX', 'notes.xyz'])
  expect(refused).toEqual([])
})

it('passes by what is no document, and says which files and folders cannot be read', async () => {
  const passed = ['.hidden.pdf', '~$Bail.docx', 'program.exe', 'Thumbs.db', 'half.pdf.part', 'README', '.pdf'].map(file)
  const top = folder('Baux', ...passed, folder('.git', file('a.txt')), broken('gone.pdf'), locked('Private'), file('Bail.pdf'))
  const { files, refused } = await filesOf({
    items: [top, folder('Nothing', ...passed, folder('Deep')), locked('Shut')].map(item),
  })
  expect(files.map(({ name }) => name)).toEqual(['Bail.pdf'])
  expect(refused.map(({ name, trouble }) => [name, trouble.code])).toEqual([
    ['gone.pdf', 'file_unreadable'],
    ['Private', 'folder_unreadable'],
    ['Nothing', 'folder_empty'],
    ['Shut', 'folder_unreadable'],
  ])
})

it('asks a browser for everything before it waits for anything: afterwards that has forgotten what was dropped', async () => {
  let asked = 0
  const items = [folder('Baux', file('a.pdf')), file('b.pdf')].map((entry) => ({
    ...item(entry),
    webkitGetAsEntry: () => (asked++, entry),
  }))
  const handing = filesOf({ items })
  expect(asked).toBe(2)
  await handing
})

it('pastes files, and the text where a program laid a picture of it beside', () => {
  expect(pastesFiles({ types: ['Files'] })).toBe(true)
  // A file manager says the path as well.
  expect(pastesFiles({ types: ['text/plain', 'Files'] })).toBe(true)
  expect(pastesFiles({ types: ['text/html', 'Files'] })).toBe(true)
  expect(pastesFiles({ types: ['text/plain', 'text/html', 'text/rtf', 'Files'] })).toBe(false)
  expect(pastesFiles({ types: ['text/plain'] })).toBe(false)
})
