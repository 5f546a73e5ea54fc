/** Formulas of Office (OMML) as a line of text: `F=0.35·S`, `(a+b)/2`, `√(x²+1)`, `∑_(i=1)^n xᵢ`. */
import { loweredInFormula, raisedInFormula } from './raised-text.ts'

interface Element {
  readonly name: string
  readonly value: string | undefined
  readonly children: Element[]
  text: string
}

/** Takes in the elements of one formula, its own among them. */
export class MathText {
  readonly #open: Element[] = []
  readonly #root: Element = { name: '', value: undefined, children: [], text: '' }

  /** Whether the formula is closed. */
  get isDone(): boolean {
    return this.#open.length === 0
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const element: Element = { name, value: attributes['m:val'], children: [], text: '' }
    const outer = this.#open.at(-1) ?? this.#root
    outer.children.push(element)
    this.#open.push(element)
  }

  close(): void {
    this.#open.pop()
  }

  text(text: string): void {
    const element = this.#open.at(-1)
    if (element?.name === 'm:t' || element?.name === 'w:t') element.text += text
  }

  /** The formula, in one line. */
  get line(): string {
    return lineOf(this.#root)
  }
}

function lineOf(element: Element): string {
  const { name } = element
  const part = (child: string): string => inside(element, `m:${child}`)
  switch (name) {
    case 'm:t':
    case 'w:t':
      return element.text
    case 'm:f':
      return property(element, 'm:type') === 'noBar'
        ? `(${part('num')}¦${part('den')})`
        : `${grouped(part('num'))}/${grouped(part('den'))}`
    case 'm:rad':
      return `${rootSign(isSet(element, 'm:degHide') ? '' : part('deg'))}${grouped(part('e'))}`
    case 'm:sSup':
      return `${based(part('e'))}${raisedInFormula(part('sup'))}`
    case 'm:sSub':
      return `${based(part('e'))}${loweredInFormula(part('sub'))}`
    case 'm:sSubSup':
      return `${based(part('e'))}${loweredInFormula(part('sub'))}${raisedInFormula(part('sup'))}`
    case 'm:sPre':
      return `${raisedInFormula(part('sup'))}${loweredInFormula(part('sub'))}${part('e')}`
    case 'm:nary':
      return naryLine(element)
    case 'm:d':
      return bracketLine(element)
    case 'm:func':
      return `${part('fName')}${/^[([{]/.test(part('e')) ? '' : ' '}${part('e')}`
    case 'm:limLow':
      return `${part('e')}_(${part('lim')})`
    case 'm:limUpp':
      return `${part('e')}^(${part('lim')})`
    case 'm:acc':
      return `${part('e')}${property(element, 'm:chr') ?? '\u0302'}`.normalize('NFC')
    case 'm:eqArr':
      return allInside(element, 'm:e').join('; ').replaceAll('&', '').replaceAll('#', ' ')
    case 'm:m':
      return allInside(element, 'm:mr').join('; ')
    case 'm:mr':
      return allInside(element, 'm:e').join(' ')
    case 'm:phant':
      return property(element, 'm:show') === '0' ? '' : part('e')
    case 'm:oMathPara':
      return allInside(element, 'm:oMath').join(' ')
    case 'w:del':
    case 'w:moveFrom':
      return ''
    default:
      return name.endsWith('Pr') ? '' : inRow(element.children)
  }
}

/** One behind the other; `2 1/2` is not `21/2`. */
function inRow(elements: readonly Element[]): string {
  let line = ''
  for (const element of elements) {
    const text = lineOf(element)
    line += element.name === 'm:f' && /\p{N}$/u.test(line) && /^\p{N}/u.test(text) ? ` ${text}` : text
  }
  return line
}

function naryLine(element: Element): string {
  const [sub, sup] = [inside(element, 'm:sub'), inside(element, 'm:sup')]
  const sign = property(element, 'm:chr') ?? '∫'
  return `${sign}${sub === '' ? '' : loweredInFormula(sub)}${sup === '' ? '' : raisedInFormula(sup)} ${inside(element, 'm:e')}`
}

function bracketLine(element: Element): string {
  const [begin, part, end] = [
    property(element, 'm:begChr') ?? '(',
    property(element, 'm:sepChr') ?? '|',
    property(element, 'm:endChr') ?? ')',
  ]
  return `${begin}${allInside(element, 'm:e').join(part)}${end}`
}

function rootSign(degree: string): string {
  const own = ({ '': '√', '2': '√', '3': '∛', '4': '∜' } as Record<string, string>)[degree]
  return own ?? `${raisedInFormula(degree)}√`
}

/** What is in the one child of this name. */
function inside(element: Element, name: string): string {
  const child = element.children.find((one) => one.name === name)
  return child ? inRow(child.children) : ''
}

function allInside(element: Element, name: string): string[] {
  return element.children.filter((one) => one.name === name).map((one) => (name === 'm:mr' ? lineOf(one) : inRow(one.children)))
}

/** What the properties of an element say: those are in its first child. */
function property(element: Element, name: string): string | undefined {
  return element.children.find((one) => one.name.endsWith('Pr'))?.children.find((one) => one.name === name)?.value
}

function isSet(element: Element, name: string): boolean {
  const properties = element.children.find((one) => one.name.endsWith('Pr'))
  const found = properties?.children.find((one) => one.name === name)
  return found !== undefined && !/^(0|off|false)$/.test(found.value ?? '1')
}

function based(text: string): string {
  return /^[\p{L}\p{N}.,\p{M}]*$/u.test(text) || isBracketed(text) ? text : `(${text})`
}

function grouped(text: string): string {
  return /^[\p{L}\p{N}.,\p{M}⁰¹²³⁴-⁹₀-₉]*$/u.test(text) || isBracketed(text) ? text : `(${text})`
}

function isBracketed(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false
  let depth = 0
  for (const [at, sign] of [...text.slice(0, -1)].entries()) {
    if (sign === '(') depth++
    else if (sign === ')') depth--
    if (depth === 0 && at >= 0) return false
  }
  return true
}
