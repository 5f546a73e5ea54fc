/** Numbers of lists as they are shown: `3.`, `c.`, `III.` */

/** What a number is shown as: `1` digits, `a` and `A` letters, `i` and `I` Roman numerals, and anything else digits. */
export function numberText(number: number, type: string): string {
  if (!Number.isInteger(number) || number < 1) return String(number)
  const text = /^a$/i.test(type) ? letters(number) : /^i$/i.test(type) ? roman(number) : String(number)
  return type === type.toUpperCase() ? text.toUpperCase() : text
}

/** `a` for 1, `aa` for 27. */
function letters(number: number): string {
  let text = ''
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) text = String.fromCharCode(97 + ((rest - 1) % 26)) + text
  return text
}

const numerals = Object.entries({
  m: 1000,
  cm: 900,
  d: 500,
  cd: 400,
  c: 100,
  xc: 90,
  l: 50,
  xl: 40,
  x: 10,
  ix: 9,
  v: 5,
  iv: 4,
  i: 1,
})

function roman(number: number): string {
  if (number > 3999) return String(number)
  let rest = number
  let text = ''
  for (const [sign, value] of numerals) {
    for (; rest >= value; rest -= value) text += sign
  }
  return text
}
