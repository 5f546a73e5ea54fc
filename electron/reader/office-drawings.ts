/** What charts and diagrams of Office files say: they lie in parts of their own. Numbers are shown as the chart shows them. */
import { inLine } from './blocks.ts'
import { chartText, mostPoints, newSeries, type ChartSeries, type ChartText } from './chart-table.ts'
import { scannedCells } from './limits.ts'
import type { MarkupEvents } from './markup.ts'
import { readOfficeXml } from './office-markup.ts'
import { shownAs } from './sheet-numbers.ts'
import type { ZipFile } from './zip-file.ts'

export async function readChart(zip: ZipFile, part: string): Promise<ChartText> {
  const chart = new Chart()
  await readOfficeXml(zip.pieces(part), chart)
  return chart.finish()
}

/** The paragraphs of a diagram, in the order of its steps. */
export async function readDiagram(zip: ZipFile, part: string): Promise<string[]> {
  const diagram = new Diagram()
  await readOfficeXml(zip.pieces(part), diagram)
  return diagram.finish()
}

/** Charts whose values are parts of a whole. */
const sharing = /^c:(pie|pie3D|doughnut|ofPie)Chart$/
const usualShare = '0%'

type Role = 'name' | 'category' | 'value' | 'size'

const roles: Readonly<Record<string, Role>> = {
  ...{ 'c:tx': 'name', 'c:cat': 'category', 'c:xVal': 'category', 'c:val': 'value', 'c:yVal': 'value', 'c:bubbleSize': 'size' },
}

class Chart implements MarkupEvents {
  readonly #lines: string[] = []
  readonly #series: ChartSeries[] = []
  /** Of the newer kinds of charts: data by their number, before the series that show them. */
  readonly #data = new Map<string, ChartSeries>()
  #open: ChartSeries | null = null
  #role: Role | null = null
  #format = ''
  #index = 0
  /** Of categories in several levels. */
  #isOuterLevel = false
  #text = ''
  #gathers = false
  #points = 0

  get done(): boolean {
    return this.#points > scannedCells
  }

  open(name: string, attributes: Record<string, string>): void {
    const series = this.#open
    if (name === 'c:ser' || name === 'cx:series') {
      this.#open = newSeries()
      this.#series.push(this.#open)
      this.#sharing?.push(this.#open)
    } else if (sharing.test(name)) this.#sharing = []
    else if (name === 'c:dLbls') this.#shareFormat = usualShare
    else if (name === 'c:numFmt' && this.#paragraphs === 0) this.#shareFormat = attributes['formatCode'] ?? usualShare
    else if (name === 'c:showPercent' && isShown(attributes['val'])) this.#showShares()
    else if (name === 'cx:data') {
      this.#open = newSeries()
      this.#data.set(attributes['id'] ?? '', this.#open)
    } else if (name === 'cx:dataId' && series) this.#take(series, this.#data.get(attributes['val'] ?? ''))
    else if (name === 'cx:strDim') this.#role = 'category'
    else if (name === 'cx:numDim') this.#role = 'value'
    else if (name === 'c:lvl' || name === 'cx:lvl') {
      this.#isOuterLevel = this.#role === 'category' && (series?.category.size ?? 0) > 0
      this.#format = attributes['formatCode'] ?? ''
    } else if (name === 'c:formatCode') this.#begin()
    else if (name === 'c:pt' || name === 'cx:pt') {
      this.#index = Math.trunc(Number(attributes['idx'])) || 0
      this.#format = attributes['formatCode'] ?? this.#format
      if (name === 'cx:pt') this.#begin()
    } else if (name === 'c:v' || name === 'cx:v' || name === 'a:t') this.#begin()
    else if (name === 'a:p' || name === 'a:br') this.#paragraph += ' '
    else if (name === 'c:strRef' || name === 'c:numRef') this.#format = ''
    else if (series && roles[name] && this.#paragraphs === 0) this.#role = roles[name]
    if (isWritten(name)) this.#paragraphs++
  }
  /** Series that are shares of a whole (pies and rings), and whether those are shown as parts of a hundred. */
  #sharing: ChartSeries[] | null = null
  readonly #shares = new Map<ChartSeries, string>()
  #shareFormat = usualShare
  #paragraph = ''
  /** Titles and labels that are open: what is inside of them is text, not data. */
  #paragraphs = 0

  close(name: string): void {
    if (name === 'a:t' && this.#gathers) this.#paragraph += this.#end()
    else if (name === 'c:formatCode' && this.#gathers) this.#format = this.#end()
    else if ((name === 'c:v' || name === 'cx:pt' || name === 'cx:v') && this.#gathers) this.#endPoint()
    else if (name === 'c:ser' || name === 'cx:series' || name === 'cx:data') this.#open = null
    else if (sharing.test(name)) this.#sharing = null
    else if (roles[name] && this.#paragraphs === 0) this.#role = null
    if (!isWritten(name)) return
    this.#paragraphs--
    const line = inLine(this.#paragraph)
    if (line !== '') this.#lines.push(line)
    this.#paragraph = ''
  }

  text(text: string): void {
    if (this.#gathers) this.#text += text
  }

  finish(): ChartText {
    for (const [series, format] of this.#shares) addShares(series, format)
    return chartText(this.#lines, this.#series)
  }

  /** Of the series that is open, or of all of the chart whose labels these are. */
  #showShares(): void {
    for (const series of this.#open ? [this.#open] : (this.#sharing ?? []))
      if (this.#sharing?.includes(series)) this.#shares.set(series, this.#shareFormat)
  }

  #begin(): void {
    this.#gathers = true
    this.#text = ''
  }

  #end(): string {
    this.#gathers = false
    return this.#text
  }

  #endPoint(): void {
    const text = this.#end()
    const series = this.#open
    // A title that a cell gives.
    if (this.#paragraphs > 0) this.#paragraph += text
    else if (series && this.#role === 'name') series.name = series.name === '' ? text : `${series.name} ${text}`
    else if (series && this.#role && this.#role !== 'name' && this.#points++ < mostPoints) {
      const points = series[this.#role]
      const shown = shownAs(text, this.#format)
      if (this.#role === 'value') series.number.set(this.#index, Number(text))
      const before = points.get(this.#index)
      if (!this.#isOuterLevel) points.set(this.#index, shown)
      else if (before !== undefined) points.set(this.#index, `${shown} ${before}`)
    }
  }

  #take(series: ChartSeries, data: ChartSeries | undefined): void {
    if (!data) return
    series.category = data.category
    series.value = data.value
  }
}

/** Parts of a hundred, which a pie shows beside or instead of its values. */
function addShares(series: ChartSeries, format: string): void {
  const values = [...series.number].filter(([, value]) => Number.isFinite(value))
  const whole = values.reduce((sum, [, value]) => sum + Math.abs(value), 0)
  if (whole > 0)
    for (const [point, value] of values)
      series.size.set(point, shownAs(String(Math.abs(value) / whole), format.includes('%') ? format : usualShare))
}

function isShown(value: string | undefined): boolean {
  return value === undefined || value === '1' || value === 'true'
}

function isWritten(name: string): boolean {
  return name === 'c:title' || name === 'cx:title' || name === 'c:dLbl' || name === 'c:dispUnitsLbl'
}

/** Points that are told by a diagram; more of them nobody draws. */
const mostSteps = 20_000

class Diagram implements MarkupEvents {
  readonly #points = new Map<string, { isRoot: boolean; lines: string[] }>()
  readonly #children = new Map<string, { id: string; order: number }[]>()
  #point: { isRoot: boolean; lines: string[] } | null = null
  #line = ''
  #inText = false

  get done(): boolean {
    return this.#points.size > mostSteps
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'dgm:pt') {
      this.#point = { isRoot: attributes['type'] === 'doc', lines: [] }
      this.#points.set(attributes['modelId'] ?? '', this.#point)
    } else if (name === 'dgm:cxn' && (attributes['type'] ?? 'parOf') === 'parOf') {
      const under = this.#children.get(attributes['srcId'] ?? '') ?? []
      under.push({ id: attributes['destId'] ?? '', order: Number(attributes['srcOrd']) || 0 })
      this.#children.set(attributes['srcId'] ?? '', under)
    } else if (name === 'a:t') this.#inText = true
    else if (name === 'a:br') this.#line += ' '
  }

  close(name: string): void {
    if (name === 'a:t') this.#inText = false
    else if (name === 'dgm:pt') this.#point = null
    else if (name === 'a:p') {
      const line = inLine(this.#line)
      if (line !== '') this.#point?.lines.push(line)
      this.#line = ''
    }
  }

  text(text: string): void {
    if (this.#inText) this.#line += text
  }

  /** From the root down, and then what hangs on nothing. */
  finish(): string[] {
    const lines: string[] = []
    const told = new Set<string>()
    const roots = [...this.#points].filter(([, { isRoot }]) => isRoot).map(([id]) => id)
    const waiting = [...roots, ...this.#points.keys()].reverse()
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (told.has(id)) continue
      told.add(id)
      lines.push(...(this.#points.get(id)?.lines ?? []))
      const under = [...(this.#children.get(id) ?? [])].sort((one, other) => other.order - one.order)
      for (const child of under) waiting.push(child.id)
    }
    return lines
  }
}
