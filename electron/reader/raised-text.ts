/** Raised and lowered text as the signs that Unicode has for it: `10⁻³`, `m²`, `1,200²` with its note. A number never swallows what stands above it. */

const raisedSigns = signs(
  '0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUW',
  '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁᵂ',
)
const loweredSigns = signs('0123456789+-=()', '₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎')

/** Letters that are raised behind numbers without being a note or a power: `1st`, `21e`, `3º`. */
const ordinalEnding = /^(st|nd|rd|th|er|ers|re|ère|e|è|es|ème|ième|nde?|ª|º|\.?º|de|ste|te|ter|tes)\.?$/iu

/** @param before what stands directly in front of it */
export function raisedText(text: string, before: string): string {
  return shifted(text, before, raisedSigns)
}

/** @param before what stands directly in front of it */
export function loweredText(text: string, before: string): string {
  return shifted(text, before, loweredSigns)
}

/** In a formula, where everything raised is a power: `x²`, `e^(kt)`. @param sign what says that it is raised where there are no signs of its own */
export function raisedInFormula(text: string): string {
  return inFormula(text, raisedSigns, '^')
}

export function loweredInFormula(text: string): string {
  return inFormula(text, loweredSigns, '_')
}

function inFormula(text: string, known: ReadonlyMap<string, string>, sign: '^' | '_'): string {
  const own = [...text].map((letter) => known.get(letter))
  if (own.every((letter) => letter !== undefined)) return own.join('')
  return [...text].length === 1 ? `${sign}${text}` : `${sign}(${text})`
}

function shifted(text: string, before: string, known: ReadonlyMap<string, string>): string {
  const afterDigit = /\p{N}$/u.test(before)
  if (/\p{L}/u.test(text) && !(afterDigit && !ordinalEnding.test(text.trim()))) return text
  const own = [...text].map((letter) => known.get(letter) ?? (/[\p{L}\p{N}]/u.test(letter) ? undefined : letter))
  if (own.every((letter) => letter !== undefined)) return own.join('')
  return afterDigit ? ` ${text}` : text
}

function signs(plain: string, shiftedSigns: string): ReadonlyMap<string, string> {
  const all = [...shiftedSigns]
  const known = new Map([...plain].map((letter, at) => [letter, all[at] ?? letter]))
  for (const minus of '−–‐‑') known.set(minus, known.get('-') ?? minus)
  return known
}
