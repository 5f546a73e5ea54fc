// What documents show against what is read of them: for each file at hand the words that LibreOffice or poppler shows and we lack, and the
// other way round, in parts of a hundred of all different words; and how long both take. Aim: at most 0.5 lacking in each file.
//   npm run bench:reading -- FOLDER-OR-FILE …   (without any: the documents beside this checkout)
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { ensurePackages, readingNeeds } from '../../build/packages.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'
import { lackingIn } from './shown-words.ts'

const shared = join(import.meta.dirname, '../../../shared')
const given = process.argv.slice(2)
const places =
  given.length > 0 ? given : [join(shared, 'corpora/documents'), join(shared, 'cases')].filter((path) => existsSync(path))
/** What LibreOffice draws on pages; sheets are told cell by cell instead, since pages cut what a narrow column cannot show. */
const drawn = new Set(['.doc', '.docx', '.odt', '.rtf', '.ppt', '.pptx', '.odp'])
const sheets = new Set(['.xls', '.xlsx', '.ods'])
/** LibreOffice's words for: commas, quotes, UTF-8, all sheets, values as they are shown (the filter's tokens, help.libreoffice.org “CSV filter parameters”). */
const asShown = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true,false,false,-1'
/** Files that lack more, and why that is right. */
const exceptions: Record<string, string> = {
  'handbook-872p.docx': 'page numbers, on lines with other words',
  'test.pptx': 'the numbers of an axis: whoever draws the chart chooses them',
  'text_document_02.odt': 'the numbers of an axis',
  'odf_presentation_02.odp': 'the numbers of an axis',
  'hours.xlsx': 'durations and zeros as Excel shows them; LibreOffice shows a time of day',
  'hidden.doc': 'deleted words, which LibreOffice draws struck out',
  'hidden.odt': 'deleted words, which LibreOffice draws struck out',
  'libreoffice.rtf': 'deleted words, which LibreOffice draws struck out',
  'redline.rtf': 'deleted words, which LibreOffice draws struck out',
  'wrapped.docx': 'a field whose target is missing, and ruby beside its word',
}
/** A program that hangs on a file is given up, in milliseconds. */
const patienceMs = 180_000
const work = mkdtempSync(join(tmpdir(), 'alambic-reading-'))

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}
function run(program: string, words: readonly string[]): string {
  return execFileSync(program, words, { timeout: patienceMs, maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] }).toString()
}
/** A number alone on a line is a page's or an axis's: the program that draws it makes it, and the file does not say it. */
const drawnNumber = /^\s*\d{1,4}\s*$/gm
const pdfWords = (path: string): string => run('pdftotext', ['-enc', 'UTF-8', path, '-'])
const drawnWords = (path: string): string => pdfWords(path).replace(drawnNumber, '')
function converted(path: string, to: string): string[] {
  const folder = mkdtempSync(join(work, 'out-'))
  run('soffice', [
    `-env:UserInstallation=file://${join(work, 'profile')}`,
    '--headless',
    '--convert-to',
    to,
    '--outdir',
    folder,
    path,
  ])
  const made = readdirSync(folder).map((name) => join(folder, name))
  if (made.length === 0) throw new Error('LibreOffice makes nothing of it')
  return made
}
/** What another program shows of a file; null where none of them reads it. */
function shown(path: string): string | null {
  const kind = extname(path).toLowerCase()
  if (kind === '.pdf') return pdfWords(path)
  if (drawn.has(kind)) return converted(path, 'pdf').map(drawnWords).join('\n')
  if (sheets.has(kind))
    return converted(path, asShown)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
  return null
}

await ensurePackages(readingNeeds, console.log)
function shownOrNot(path: string): string | null {
  try {
    return shown(path)
  } catch {
    notCompared.push(basename(path))
    return null
  }
}

const keeper = newKeeper()
const within: string[] = []
const beyond: string[] = []
const notCompared: string[] = []
for (const path of places.flatMap(filesIn)) {
  const name = basename(path)
  try {
    const began = performance.now()
    const theirs = shownOrNot(path)
    if (theirs === null) continue
    const between = performance.now()
    const { blocks, attachments } = await readDocument(keeper, name, readFileSync(path))
    const ended = performance.now()
    const ours = [...blocks.map(({ text }) => text), ...attachments.map((attachment) => attachment.name)].join('\n')
    const lacking = lackingIn(ours, theirs)
    const more = lackingIn(theirs, ours)
    const part = (found: { lacking: string[]; all: number }): string =>
      `${((100 * found.lacking.length) / Math.max(1, found.all)).toFixed(2)} %`
    const reason = exceptions[name]
    const isWithin = lacking.lacking.length <= 0.005 * lacking.all || reason !== undefined
    ;(isWithin ? within : beyond).push(name)
    console.log(
      `${isWithin ? '  ' : '! '}${name}: lacks ${part(lacking)} of ${lacking.all} words, has ${part(more)} more; ` +
        `${((ended - between) / 1000).toFixed(2)} s, the other ${((between - began) / 1000).toFixed(2)} s` +
        (reason === undefined ? '' : ` (${reason})`) +
        (lacking.lacking.length > 0 ? `\n     lacks: ${lacking.lacking.slice(0, 20).join(' ')}` : ''),
    )
  } catch (error) {
    beyond.push(name)
    console.log(`! ${name}: ${(error as { code?: string }).code ?? String(error)}`)
  }
}
if (notCompared.length > 0) console.log(`NOT COMPARED, since the other program makes nothing of them: ${notCompared.join(', ')}`)
console.log(`${within.length} of ${within.length + beyond.length} files lack at most 0.5 %`)
await keeper.close()
rmSync(work, { recursive: true, force: true })
