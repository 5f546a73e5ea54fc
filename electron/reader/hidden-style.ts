/** What a style sheet hides, as far as one can tell without laying a page out: rules of one element, class or id. */

/** UTF-16 units of style sheets that are looked at in one page. */
const sheetCharacters = 1_000_000
const hides = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))/i
const shows = /(?:^|[;\s])(?:display\s*:\s*(?!none)[a-z]|visibility\s*:\s*visible)/i

export class HiddenStyle {
  /** `.class`, `#id`, `element` and `element.class` that are hidden. */
  readonly #hidden = new Set<string>()
  #characters = 0

  /** A whole style sheet. Rules for printing alone are passed over. */
  add(sheet: string): void {
    this.#characters += sheet.length
    if (this.#characters > sheetCharacters) return
    const open: string[] = []
    let passed = 0
    let from = 0
    const rules = withoutComments(sheet)
    for (const { 0: sign, index } of rules.matchAll(/[{};]/g)) {
      const part = rules.slice(from, index).trim()
      if (sign === ';' && open.length > 0 && !open.at(-1)?.startsWith('@')) continue
      from = index + 1
      if (sign === '{') {
        open.push(part)
        if (isForPaper(part)) passed++
      } else if (sign === '}') {
        const selector = open.pop() ?? ''
        if (isForPaper(selector)) passed--
        else if (passed === 0 && !selector.startsWith('@')) this.#rule(selector, part)
      }
    }
  }

  /** Whether an element with these attributes is hidden, by itself and not by what is around it. */
  hides(name: string, { class: classes = '', id = '', style = '' }: Record<string, string>): boolean {
    if (style !== '') {
      if (hides.test(style)) return true
      if (shows.test(style)) return false
    }
    if (this.#hidden.size === 0) return false
    if (this.#hidden.has(name) || (id !== '' && (this.#hidden.has(`#${id}`) || this.#hidden.has(`${name}#${id}`)))) return true
    return (
      classes !== '' &&
      classes
        .slice(0, 2000)
        .split(/\s+/)
        .some((one) => this.#hidden.has(`.${one}`) || this.#hidden.has(`${name}.${one}`))
    )
  }

  #rule(selectors: string, declarations: string): void {
    const isHidden = hides.test(declarations)
    if (!isHidden && !shows.test(declarations)) return
    for (const selector of selectors.split(',').map((one) => one.trim())) {
      if (!/^[\w-]*(?:[.#][\w-]+)?$/.test(selector) || selector === '') continue
      if (isHidden) this.#hidden.add(selector)
      else this.#hidden.delete(selector)
    }
  }
}

function isForPaper(prelude: string): boolean {
  return /^@media\b[^,]*\bprint\b/i.test(prelude) && !/\bscreen\b|\ball\b|\bnot\b/i.test(prelude)
}

function withoutComments(sheet: string): string {
  const [first = '', ...others] = sheet.replace(/<!--|-->/g, ' ').split('/*')
  return [first, ...others.map((part) => (part.includes('*/') ? part.slice(part.indexOf('*/') + 2) : ''))].join(' ')
}
