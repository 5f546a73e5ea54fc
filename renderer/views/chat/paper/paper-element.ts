/** A paper as elements, for the clipboard and for print. Made element by element: no text of anybody becomes markup. */
import type { Paper, PaperBlock, PaperRun } from '../../../../contract/paper.ts'

/** A list that is open, and the item that what follows belongs to. */
interface OpenItem {
  depth: number
  list: number
  element: HTMLElement
  item: HTMLElement
}

/** @param titled whether it says its title */
export function paperElement(paper: Paper, titled: boolean): HTMLElement {
  const root = make('article')
  root.lang = paper.language
  if (titled) root.append(make('h1', [{ text: paper.title }]))
  let open: OpenItem[] = []
  const shift = titled ? 1 : 0
  for (const block of paper.blocks) {
    const depth = 'depth' in block ? block.depth : 0
    if (block.kind === 'item') {
      const same = open.findLast((each) => each.depth === depth && each.list === block.list)
      open = open.filter((each) => each.depth < depth)
      const element = same?.element ?? listIn(open.at(-1)?.item ?? root, block)
      const item = make('li', block.runs)
      element.append(item)
      open.push({ depth, list: block.list, element, item })
      continue
    }
    open = open.filter((each) => each.depth <= depth)
    const element = elementOf(block, shift)
    ;(depth === 0 ? root : (open.at(-1)?.item ?? root)).append(element)
  }
  if (paper.sources.length > 0) {
    root.append(make(titled ? 'h2' : 'h3', [{ text: paper.words.sources }]))
    for (const { number, name, place, quotes } of paper.sources) {
      root.append(make('p', [{ text: `[${number}] ${name}`, bold: true }, ...(place === '' ? [] : [{ text: `, ${place}` }])]))
      for (const quote of quotes) {
        const element = make('blockquote')
        element.append(make('p', [{ text: quote.replace(/\s*\n\s*/g, '\n') }]))
        root.append(element)
      }
    }
  }
  return root
}

function listIn(parent: HTMLElement, { number }: Extract<PaperBlock, { kind: 'item' }>): HTMLElement {
  const list = make(number === null ? 'ul' : 'ol')
  if (number !== null && number !== 1) list.setAttribute('start', String(number))
  parent.append(list)
  return list
}

function elementOf(block: Exclude<PaperBlock, { kind: 'item' }>, shift: number): HTMLElement {
  switch (block.kind) {
    case 'heading':
      return make(`h${Math.min(6, block.level + shift)}` as 'h2', block.runs)
    case 'paragraph': {
      const element = make('p', block.runs)
      if (!block.quoted) return element
      const quote = make('blockquote')
      quote.append(element)
      return quote
    }
    case 'note': {
      const element = make('p')
      element.append(make('small', block.runs))
      return element
    }
    case 'code': {
      const element = make('pre')
      const code = make('code')
      code.textContent = block.text
      element.append(code)
      return element
    }
    case 'rule':
      return make('hr')
    case 'table':
      return tableOf(block)
  }
}

function tableOf({ rows, align }: Extract<PaperBlock, { kind: 'table' }>): HTMLElement {
  const table = make('table')
  // Word draws no line of a table that does not say so itself.
  table.setAttribute('border', '1')
  table.style.borderCollapse = 'collapse'
  const [head, body] = [make('thead'), make('tbody')]
  for (const [index, row] of rows.entries()) {
    const line = make('tr')
    for (const [column, cell] of row.entries()) {
      const element = make(index === 0 ? 'th' : 'td', cell)
      const side = align[column]
      if (side && side !== 'left') element.setAttribute('align', side)
      line.append(element)
    }
    ;(index === 0 ? head : body).append(line)
  }
  table.append(head, body)
  return table
}

function make(tag: keyof HTMLElementTagNameMap, runs: readonly PaperRun[] = []): HTMLElement {
  const element = document.createElement(tag)
  for (const run of runs) element.append(nodeOf(run))
  return element
}

function nodeOf({ text, bold, italic, code, struck, link, source }: PaperRun): Node {
  let node: Node = linesOf(text)
  const wrap = (tag: keyof HTMLElementTagNameMap): void => {
    const element = document.createElement(tag)
    element.append(node)
    node = element
  }
  if (code) wrap('code')
  if (struck) wrap('s')
  if (italic) wrap('em')
  if (bold) wrap('strong')
  if (source !== undefined) wrap('span')
  if (link !== undefined) {
    wrap('a')
    if (node instanceof HTMLAnchorElement) node.href = link
  }
  return node
}

function linesOf(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) fragment.append(document.createElement('br'))
    fragment.append(line)
  }
  return fragment
}
