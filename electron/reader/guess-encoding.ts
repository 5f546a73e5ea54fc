/**
 * Which encoding a text is in that is no Unicode and says nothing of itself: each that it could be is tried on a sample, and the one wins in
 * which the letters stand that its languages have most, where words have them.
 */

/** Letters that are no ASCII by language, the most frequent first. Small ones; a capital counts as its small one. */
const languages = {
  western: [...['éàèêçùîôûâœïëüæ', 'üäöß', 'óíáéñúü', 'ãçáéêóõíúâàôü', 'èàòùìé', 'åäöøæé', 'áíéúóýðþæö', 'ëïéèöü', 'àèéíïòóúüç']],
  central: ['łąęóżśćńź', 'íáéěýřčžšůúťóďň', 'áíúéýčšžľťôďňäóŕĺ', 'áéöóőíüúű', 'ăîâşţ', 'čšžćđ', 'üäöß'],
  turkish: ['ığşüöçâî'],
  baltic: ['ėšžųąįčęū', 'āīēšūņķļģčž', 'äõüöšž'],
  cyrillic: [
    'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё',
    'оаинвіетрслкудмпязьбгйчхцїюжєшщфґ',
    'аоиентсрвлкдпмзъуябгчщцжшхйюфь',
    'аоиенртсјвукдпмлбзгчшцжњхћљфђџ',
  ],
  greek: ['αοιετσηνρκπςμλυίόάέωδγήθχύώφβξζψϊϋΐ'],
  hebrew: ['יוהלאברתםשמנדקעחפכטגצןסזךףץ'],
  arabic: ['اليمنتورةبدعسفهكقحجأصشىطخضذزئغثءإظؤآ'],
  thai: ['านรอกเงมยลวดทสตะปบคหแจพชขใไโผซธศถฐณญฉฮ่้ิีัึืุู์็ำ'],
} as const

/** The earlier one wins where two are alike. */
const singleByte: readonly (readonly [encoding: string, of: keyof typeof languages])[] = [
  ['windows-1252', 'western'],
  ['windows-1250', 'central'],
  ['windows-1251', 'cyrillic'],
  ['windows-1253', 'greek'],
  ['windows-1254', 'turkish'],
  ['windows-1255', 'hebrew'],
  ['windows-1256', 'arabic'],
  ['windows-1257', 'baltic'],
  ['windows-874', 'thai'],
  ['koi8-r', 'cyrillic'],
  ['koi8-u', 'cyrillic'],
  ['iso-8859-15', 'western'],
  ['iso-8859-2', 'central'],
  ['iso-8859-5', 'cyrillic'],
  ['iso-8859-6', 'arabic'],
  ['iso-8859-7', 'greek'],
  ['ibm866', 'cyrillic'],
  ['macintosh', 'western'],
  ['x-mac-cyrillic', 'cyrillic'],
]

const simplified =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直资命山金指许统区保至形社便空决治展马科司五基书非则听白却界达光放强即难且权思完设式色路记南品住告类求据程北边该交规万取格望术领共确传师清今切院让识导争运姓税号租赁押付款账户银甲乙双额单价元'
const traditional =
  '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直資命山金指許統區保至形社便空決治展馬科司五基書非則聽白卻界達光放強即難且權思完設式色路記南品住告類求據程北邊該交規萬取格望術領共確傳師清今切院讓識導爭運姓稅號租賃押付款帳戶銀甲乙雙額單價元薪'
const japanese =
  '日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者地合市業内相方四定今回新場金員九入立開手力学問高代明実円関決子動京全目表経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制度務強気小七成期公取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百点教報書府活原先共得解名交資予向際面委告文反元重近千考判認画参売利組知案道信集在件別物任引使求所次水半品論計官増係感特情投示変打基私各始直両価式確村提運終果西減台広容必応電住能無再位置真流有口過局少税検町常校料工建語空職証土与急止送供可役構木割聞身費付施切由説転比難補車断何南足消番規展導宅害配算条書敷貸借契甲乙給'
const korean =
  '이다는을의에가고로하지은한기사자대리도를서인나어시아해전일정수그과부들원보상장제있주으여라것년구성스월관계약금명호동신조오미면위세비무경공만안국생방중유실소용당간분체물결개연진행등업학교회임료증치납입출급액매달두네습니까요했되및또는록번'

interface Pairs {
  encoding: string
  /** Characters that are read most. */
  common: ReadonlySet<string>
  /** Whether the characters that this byte begins are the usual ones. */
  isUsual: (lead: number) => boolean
  /** Bytes of the character that begins with these two. */
  lengthOf: (lead: number) => number
}

const within =
  (from: number, to: number) =>
  (byte: number): boolean =>
    byte >= from && byte <= to

const doubleByte: readonly Pairs[] = [
  { encoding: 'gb18030', common: new Set(simplified), isUsual: within(0xb0, 0xd7), lengthOf: () => 2 },
  { encoding: 'big5', common: new Set(traditional), isUsual: within(0xa4, 0xc6), lengthOf: () => 2 },
  { encoding: 'euc-kr', common: new Set(korean), isUsual: within(0xb0, 0xc8), lengthOf: () => 2 },
  {
    encoding: 'shift_jis',
    common: new Set(japanese),
    isUsual: within(0x88, 0x97),
    lengthOf: (lead) => (lead >= 0xa1 && lead <= 0xdf ? 1 : 2),
  },
  { encoding: 'euc-jp', common: new Set(japanese), isUsual: within(0xb0, 0xcf), lengthOf: (lead) => (lead === 0x8f ? 3 : 2) },
]

/** Signs that texts have between words, in any language. */
const usualSigns = new Set('\u00a0«»„“”‘’‚‹›–—…•€°§№©®·¿¡£')
const rareSigns = new Set('¹²³ªº½¼¾µ×±¶™¨´¥¢÷')
/** Letters beyond ASCII that are words by themselves where the letters are Latin. */
const wordsAlone = new Set('àèéóöåôêÀÈÉÓÖÅ')
/** Bytes that are looked at. */
const sampleBytes = 8192
/** What a text in windows-1252 is given before the others: most are. */
const ahead = 2

/** @returns a label that TextDecoder knows */
export function guessEncoding(bytes: Uint8Array): string {
  const sample = linesWithLetters(bytes)
  let best = { encoding: 'windows-1252', score: -Infinity }
  const consider = (encoding: string, score: number): void => {
    if (score > best.score) best = { encoding, score }
  }
  for (const [encoding, of] of singleByte) {
    const text = new TextDecoder(encoding).decode(sample)
    for (const letters of languages[of])
      consider(encoding, scoreOf(text, ranksOf(letters), of) + (encoding === 'windows-1252' ? ahead : 0))
  }
  for (const pairs of doubleByte) consider(pairs.encoding, scoreOfPairs(sample, pairs))
  return best.encoding
}

/** The lines that have more than ASCII, whole ones as long as there are any. */
function linesWithLetters(bytes: Uint8Array): Uint8Array {
  const sample = new Uint8Array(Math.min(sampleBytes, bytes.length))
  let length = 0
  for (let from = 0; from < bytes.length && length < sample.length;) {
    const end = bytes.indexOf(0x0a, from)
    const line = bytes.subarray(from, end < 0 ? bytes.length : end + 1)
    from += line.length
    const some = line.subarray(0, sample.length - length)
    if (!some.some((byte) => byte >= 0x80)) continue
    sample.set(some, length)
    length += some.length
  }
  return sample.subarray(0, length)
}

/** The logarithm of how often each letter comes: about one part in its rank. */
function ranksOf(letters: string): Map<string, number> {
  const all = [...letters]
  const offset = all.length > 20 ? 3 : 1
  const whole = all.reduce((sum, _letter, rank) => sum + 1 / (rank + offset), 0)
  return new Map(all.map((letter, rank) => [letter, Math.log(1 / (rank + offset) / whole)]))
}

const isLetter = /\p{L}|\p{M}/u
const isLatin = /[a-z]/i

/** How probable the text's characters beyond ASCII are in a language. */
function scoreOf(text: string, ranks: ReadonlyMap<string, number>, of: keyof typeof languages): number {
  const latin = of === 'western' || of === 'central' || of === 'turkish' || of === 'baltic'
  let score = 0
  let before = ' '
  let own = 0
  let plain = 0
  /** The character before is such a letter, and nothing is before it. */
  let alone = false
  for (const character of text) {
    if (latin && alone && !isLetter.test(character) && !wordsAlone.has(before)) score -= 4
    alone = character >= '\u0080' && !isLetter.test(before) && isLetter.test(character)
    if (isLatin.test(character)) plain++
    if (character >= '\u0080') {
      own++
      const small = character.toLowerCase()
      const rank = ranks.get(small) ?? ranks.get(character)
      if (rank !== undefined) score += rank
      else if (usualSigns.has(character)) score += -4
      else if (rareSigns.has(character)) score += isLetter.test(before) ? -7 : -5.5
      else score += isLetter.test(character) ? -7.6 : -11
      // A capital behind a small letter, which no word has, and letters beside those of another script.
      if (small !== character && before.toUpperCase() !== before) score -= 3
      if (isLetter.test(before) && isLetter.test(character)) {
        if (latin ? before >= '\u0080' : isLatin.test(before)) score -= latin ? 1.5 : 4
      }
    } else if (!latin && isLatin.test(character) && before >= '\u0080' && isLetter.test(before)) score -= 4
    before = character
  }
  if (latin && alone && !wordsAlone.has(before)) score -= 4
  // Where letters are Latin most of a word is ASCII.
  return latin && own > 4 && own > plain ? score - own * 3 : score
}

/** The same for an encoding of two bytes a character; -Infinity when the text is not in it. */
function scoreOfPairs(sample: Uint8Array, { encoding, common, isUsual, lengthOf }: Pairs): number {
  let text: string
  try {
    // What is cut at the end of a full sample is no error.
    text = new TextDecoder(encoding, { fatal: true }).decode(sample, { stream: sample.length === sampleBytes })
  } catch {
    return -Infinity
  }
  let score = 0
  let at = 0
  for (const character of text) {
    const lead = sample[at] ?? 0
    at += lead < 0x80 ? 1 : lengthOf(lead)
    if (lead >= 0x80) score += scoreOfCharacter(character, common, isUsual(lead))
  }
  return score
}

function scoreOfCharacter(character: string, common: ReadonlySet<string>, isUsual: boolean): number {
  if (common.has(character)) return -5.7
  if (/[\u3041-\u309e]/.test(character)) return -4.2
  if (/[\u30a1-\u30fe]/.test(character)) return -4.8
  if (/[\u3000-\u3002\u300c\u300d\uff08\uff09\uff0c\uff1a\uff1b\u30fb\u00b7\u201c\u201d]/.test(character)) return -4
  if (/[\uff10-\uff5a]/.test(character)) return -6.5
  if (/[\uff61-\uff9f]/.test(character)) return -6.2
  if (/[\u4e00-\u9fff\uac00-\ud7a3]/.test(character)) return isUsual ? -8.3 : -10.5
  return -12
}
