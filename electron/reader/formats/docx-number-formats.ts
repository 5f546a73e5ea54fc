/** Numbers of lists as Word writes them: `iv`, `BB`, `Second`, `②`. */

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
const smallWords = small.split(' ')
const tens = ['', '', ...'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')]
const irregularOrdinals: Readonly<Record<string, string>> = {
  ...{ one: 'first', two: 'second', three: 'third', five: 'fifth', eight: 'eighth', nine: 'ninth', twelve: 'twelfth' },
}

const latin = 'abcdefghijklmnopqrstuvwxyz'
const letters: Readonly<Record<string, string>> = {
  lowerLetter: latin,
  upperLetter: latin.toUpperCase(),
  russianLower: 'абвгдежзиклмнопрстуфхцчшщыэюя',
  russianUpper: 'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ',
  aiueo: 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン',
  aiueoFullWidth: 'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン',
  iroha: 'イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス',
  irohaFullWidth: 'イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス',
  ganada: '가나다라마바사아자차카타파하',
  chosung: 'ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ',
  ideographTraditional: '甲乙丙丁戊己庚辛壬癸',
  ideographZodiac: '子丑寅卯辰巳午未申酉戌亥',
  arabicAlpha: 'أبتثجحخدذرزسشصضطظعغفقكلمنهوي',
  arabicAbjad: 'أبجدهوزحطيكلمنسعفصقرشتثخذضظغ',
  hebrew2: 'אבגדהוזחטיכלמנסעפצקרשת',
  thaiLetters: 'กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ',
  chicago: '*†‡§',
}
/** Of series of signs: the one for 1, and how many there are. */
const enclosed: Readonly<Record<string, readonly [first: number, count: number]>> = {
  decimalEnclosedCircle: [0x2460, 20],
  decimalEnclosedCircleChinese: [0x2460, 20],
  decimalEnclosedParen: [0x2474, 20],
  decimalEnclosedFullstop: [0x2488, 20],
  ideographEnclosedCircle: [0x3280, 10],
}
const digits: Readonly<Record<string, string>> = {
  decimalFullWidth: '０１２３４５６７８９',
  decimalFullWidth2: '０１２３４５６７８９',
  hindiNumbers: '०१२३४५६७८९',
  thaiNumbers: '๐๑๒๓๔๕๖๗๘๙',
  ideographDigital: '〇一二三四五六七八九',
  japaneseDigitalTenThousand: '〇一二三四五六七八九',
  koreanDigital: '영일이삼사오육칠팔구',
}
const counted: Readonly<Record<string, string>> = {
  ...{ chineseCounting: '〇一二三四五六七八九', chineseCountingThousand: '〇一二三四五六七八九' },
  ...{ japaneseCounting: '〇一二三四五六七八九', taiwaneseCounting: '〇一二三四五六七八九' },
  ...{ taiwaneseCountingThousand: '〇一二三四五六七八九', koreanCounting: '영일이삼사오육칠팔구' },
}

/** @param format `w:numFmt`, decimal when it is not known @param pattern of a format of its own: `001, 002, …` @returns '' for a format without numbers */
export function listNumber(value: number, format: string, pattern = ''): string {
  if (format === 'none' || format === 'bullet') return ''
  if (value < 0 || value > 1_000_000) return String(value)
  if (format === 'custom') return String(value).padStart(/^0*\d/.exec(pattern)?.[0].length ?? 1, '0')
  if (format === 'decimalZero') return String(value).padStart(2, '0')
  if (format === 'numberInDash') return `- ${value} -`
  if (format === 'hex') return value.toString(16).toUpperCase()
  if (format === 'upperRoman') return roman(value)
  if (format === 'lowerRoman') return roman(value).toLowerCase()
  if (format === 'ordinal') return `${value}${ordinalEnding(value)}`
  if (format === 'cardinalText') return capital(inWords(value))
  if (format === 'ordinalText') return capital(ordinalInWords(value))
  if (format === 'hebrew1') return hebrew(value)
  return (
    repeated(value, letters[format]) ??
    oneSign(value, enclosed[format]) ??
    inDigits(value, digits[format]) ??
    byPlaces(value, counted[format]) ??
    String(value)
  )
}

/** Behind the last letter Word repeats: `z`, `aa`, `bb`. */
function repeated(value: number, alphabet: string | undefined): string | null {
  if (alphabet === undefined || value === 0) return null
  const all = [...alphabet]
  const times = Math.floor((value - 1) / all.length) + 1
  return times > 100 ? null : (all[(value - 1) % all.length] ?? '').repeat(times)
}

function oneSign(value: number, series: readonly [first: number, count: number] | undefined): string | null {
  return series && value >= 1 && value <= series[1] ? String.fromCodePoint(series[0] + value - 1) : null
}

function inDigits(value: number, own: string | undefined): string | null {
  return own === undefined ? null : String(value).replace(/\d/g, (digit) => [...own][Number(digit)] ?? digit)
}

/** `二十三`. Beyond 9,999 nobody numbers. */
function byPlaces(value: number, own: string | undefined): string | null {
  if (own === undefined || value > 9999) return null
  const names = [...own]
  if (value === 0) return names[0] ?? null
  const places = own.startsWith('영') ? ['', '십', '백', '천'] : ['', '十', '百', '千']
  let text = ''
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(value / 10 ** place) % 10
    if (digit === 0) continue
    const isLeading = text === '' && digit === 1 && place === 1
    text += `${isLeading ? '' : names[digit]}${places[place]}`
  }
  return text
}

function roman(value: number): string {
  if (value === 0 || value > 32_767) return String(value)
  let text = ''
  let rest = value
  const signs = 'M 1000 CM 900 D 500 CD 400 C 100 XC 90 L 50 XL 40 X 10 IX 9 V 5 IV 4 I 1'.split(' ')
  for (let at = 0; at < signs.length; at += 2) {
    const worth = Number(signs[at + 1])
    for (; rest >= worth; rest -= worth) text += signs[at] ?? ''
  }
  return text
}

function hebrew(value: number): string {
  if (value === 0 || value > 399) return String(value)
  const hundreds = ['', 'ק', 'ר', 'ש'][Math.floor(value / 100)] ?? ''
  const rest = value % 100
  // Tens and ones of 15 and 16 would write a name of God.
  if (rest === 15) return `${hundreds}טו`
  if (rest === 16) return `${hundreds}טז`
  return `${hundreds}${' יכלמנסעפצ'.charAt(rest / 10)}${' אבגדהוזחט'.charAt(rest % 10)}`.replaceAll(' ', '')
}

function ordinalEnding(value: number): string {
  const teens = value % 100 >= 11 && value % 100 <= 13
  return teens ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')
}

function inWords(value: number): string {
  if (value < 20) return smallWords[value] ?? ''
  if (value < 100) return `${tens[Math.floor(value / 10)]}${value % 10 === 0 ? '' : `-${smallWords[value % 10]}`}`
  const [size, name] = value < 1000 ? [100, 'hundred'] : [1000, 'thousand']
  const rest = value % size
  return `${inWords(Math.floor(value / size))} ${name}${rest === 0 ? '' : ` ${inWords(rest)}`}`
}

function ordinalInWords(value: number): string {
  const words = inWords(value)
  const at = Math.max(words.lastIndexOf(' '), words.lastIndexOf('-')) + 1
  const last = words.slice(at)
  return words.slice(0, at) + (irregularOrdinals[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
