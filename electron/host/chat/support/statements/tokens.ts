/**
 * A clause as a row of tokens: what it is about, its numbers, and the little words on which its truth depends. Reads only; what two clauses make
 * of each other is `disagreement.ts`'s.
 */
import { numbersOf, type FoundNumber } from './claimed-numbers.ts'
import { asRead } from './compared-text.ts'
import type { Sense, Vocabulary } from '../words/vocabulary.ts'

/** Little words that tell how others stand to each other. */
export type Joint = 'and' | 'but' | 'comma' | 'which' | 'by' | 'than' | 'article' | 'of' | 'preposition'

/** One word, number or expression, as they follow each other. */
export interface Token {
  /** In small letters; empty for numbers and expressions. */
  word: string
  /** What it is about, stemmed; null for numbers and little words. */
  term: string | null
  number: FoundNumber | null
  sense: Sense
  joint: Joint | null
  /** At most, or at least, the number beside it. */
  bound: 'most' | 'least' | null
  /** It takes what follows out of what is said: except, unlike. */
  isException: boolean
}

/** Whether a token says what the clause is about. */
export function isContent({ term, sense }: Token): boolean {
  return (
    term !== null &&
    !sense.direction &&
    !sense.member &&
    !sense.modal &&
    !sense.quantifier &&
    term !== 'percent' &&
    (!sense.denies || sense.denies === 'lack')
  )
}

/** Whether a source must have it for a claim to stand. */
export function isHeavy(token: Token): boolean {
  return isContent(token) && !token.sense.isLight
}

/** Of one clause, UTF-16 units and tokens that are read, at most: a longer one is no clause, and is compared by its beginning. */
const mostUnits = 4000
const mostTokens = 400

const empty: Token = { word: '', term: null, number: null, sense: {}, joint: null, bound: null, isException: false }

/** Stands in an expression for: a number follows. */
const numberAhead = String.raw`(?=\s*(?:environ |about |some )?[€$£]?\s*(?:\p{N}|(?:un|une|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze|quinze|vingt|trente)(?!\p{L})))`

/** Expressions of several words, each of which is one token. */
const expressions: readonly (readonly [RegExp, Partial<Token>])[] = [
  [
    expression(
      String.raw`no longer|not any ?more|(?:not|non) (?:statistically |clinically )?significant(?:ly)?|free (?:of|from)|(?:little|minimal|marginal)(?= (?:\p{L}+ )?(?:effect|impact|influence|benefit|role|change|difference|association|correlation|relation|value))`,
    ),
    { sense: { denies: 'after' } },
  ],
  [
    expression(
      String.raw`(?:remain|stay)(?:ed|s|ing)? (?:constant|stable|similar|equal|the same)|(?:is|are|was|were) (?:constant|stable|the same)|rul(?:es?|ed|ing) out|argu(?:es?|ed|ing) against|(?:rest|demeur)(?:ent|aient|ait|e|é) (?:constante?s?|stables?|égal(?:e|es)?|égaux|l[ae]s? mêmes?)`,
    ),
    { sense: { denies: 'around' } },
  ],
  [
    expression(
      String.raw`(?:no|not|little|without) (?:\p{L}+ )?(?:evidence|indication|proof|sign|suggestion)(?: that| for| of)?|not (?:true|the case) that|(?:aucune?|pas d['e]|sans) (?:\p{L}+ )?(?:preuve|indice|signe)s?(?: que| qu'| d[e'])?|il est faux que`,
    ),
    { sense: { denies: 'all' } },
  ],
  [
    expression(
      String.raw`not (?:yet |well |fully )?(?:known|clear|understood|established)|(?:poorly|incompletely) understood|to (?:determine|test|assess|investigate|examine|evaluate|explore|find out|study)|(?:mal|peu) connue?s?|pas (?:encore |bien )?connue?s?|on ignore|(?:visait|visaient|cherch\p{L}+|afin|but était) (?:à|de|d')`,
    ),
    { sense: { isOpen: true } },
  ],
  [
    expression(String.raw`not (?:all|every|everyone|everybody)|(?:pas|non) (?:tou\p{L}+|chaque)`),
    { sense: { quantifier: 'some', denies: 'all' } },
  ],
  [
    expression(
      String.raw`(?:almost|nearly) (?:all|every)|all but (?:\p{L}+)|the vast majority|presque tou\p{L}+|la quasi-totalité`,
    ),
    { sense: { quantifier: 'most' } },
  ],
  [expression(String.raw`in total|in all|(?:au|en) total|tous ensemble`), { sense: { quantifier: 'total' } }],
  [
    expression(
      String.raw`used to|provided that|on condition that|subject to|in the event of|à condition (?:que|qu'|de)|sous réserve (?:que|qu'|de|d')|en cas (?:de|d')`,
    ),
    { sense: { isOpen: true } },
  ],
  [expression('whereas|while|although|though|alors que|tandis que|bien que'), { joint: 'but', word: 'whereas' }],
  [expression('neither'), { sense: { denies: 'whole' } }],
  [expression('not only|non seulement|as well as|ainsi que'), { joint: 'and' }],
  [expression('without delay|without prejudice|sans délai|sans préjudice|a few|a little|un peu|as well'), {}],
  [
    expression(
      String.raw`at most|at the latest|(?:no|not) (?:more|later|longer) than|(?:(?:do(?:es)?|did|must|may|shall|can|should|to) )?not exceed(?:ing)?|(?:a |the )?maximum(?: of)?|up to#|until|till|less than#|fewer than#|below#|under#|au plus tard|au plus(?! t[ôo]t)|(?:au |un |le )?maximum(?: de)?|n(?:e |')\p{L}+ pas (?:dépasser|excéder)|(?:pas|sans) (?:plus de|dépasser|excéder)|jusqu'\p{L}+|moins de#|inférieur\p{L}* (?:à|aux?)#`,
    ),
    { bound: 'most' },
  ],
  [
    expression(
      String.raw`at least|at the earliest|(?:no|not) (?:less|fewer|earlier) than|(?:a |the )?minimum(?: of)?|more than#|over#|above#|exceed\p{L}*#|au moins|au plus t[ôo]t|(?:au |un |le )?minimum(?: de)?|pas moins de|à partir d[eu]s?|plus de#|supérieur\p{L}* (?:à|aux?)#|dépass\p{L}*#`,
    ),
    { bound: 'least' },
  ],
  [
    expression(
      String.raw`except(?:ing)?(?: for| in| on)?|other than|apart from|with the exception of|unless|in contrast (?:to|with)|unlike|rather than|instead of|sauf(?: dans| pour| en)?|hormis|excepté|à l'exception (?:du|des|de la|de l'|de)|à moins (?:que|qu'|de)|contrairement (?:à|aux?)|plutôt que|au lieu d[eu]s?|à la différence d[eu]s?`,
    ),
    { isException: true },
  ],
  [
    expression(
      String.raw`compared (?:with|to)|in comparison (?:with|to)|relative to|(?<=times |twice |half )(?:that|those) of|(?<=fois |double |moitié de )(?:celui|celle|ceux|celles) d[eu]s?|versus|vs\.?|than|par rapport (?:à|aux?)|en comparaison (?:de|avec)|comparé\p{L}* (?:à|aux?|avec)`,
    ),
    { joint: 'than' },
  ],
  [expression(String.raw`due to|because of|en raison d[eu]s?|grâce (?:à|aux?)|à cause d[eu]s?`), { joint: 'by' }],
]

function expression(alternatives: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}'])(?:${alternatives.replaceAll('#', numberAhead)})(?!\p{L})`, 'gu')
}

/** Runs of letters and digits that are names and no numbers: CD4, IL-6, B12, COVID-19. */
const codes =
  /(?<![\p{L}\p{N}.,-])(?!(?:eur|usd|chf|gbp|n)[-–]?\d)\p{L}{1,12}[-–]?\p{N}{1,9}(?:[\p{L}\p{N}]|-(?=\p{N})){0,12}(?![\p{L}\p{N}])/giu
/** Signal A, vitamin D. */
const letterNames = /(?<=\p{Ll}\s)[A-HJ-Z](?![\p{L}\p{N}'])/gu
const nonWords = /(?<!\p{L})non[-‐‑](?=\p{L})/giu
const words = /[\p{L}\p{M}]+|[,;:()]/gu
const signs = /€|\$|£|%|p(?:our|er)\s?cents?(?!\p{L})/gu
const moneySigns = ['€', '$', '£']

const joints = new Map<string, Joint>(
  Object.entries({
    and: 'and et or ou',
    but: 'but mais whereas while although though however tandis yet ;',
    comma: ', : ( )',
    which: 'which who whom whose qui dont lequel laquelle lesquels lesquelles',
    by: 'by par',
    article: 'a an the this these that those its their his her le la les l un une des ce cet cette ces son sa ses leur leurs',
    of: 'of de du d',
    preposition:
      'in on at to for with from after following upon during among between against contre when under into dans sur à au aux pour avec chez après pendant durant entre lors en vers since depuis',
  } satisfies Partial<Record<Joint, string>>).flatMap(([joint, list]) =>
    list.split(' ').map((word) => [word, joint as Joint] as const),
  ),
)

/** The tokens of a clause, in order. */
export function tokensOf(written: string, vocabulary: Vocabulary): Token[] {
  let text = vocabulary
    .asSaid(asRead(written.slice(0, mostUnits)))
    .replace(/[’ʼ]/g, "'")
    .replace(/n't(?!\p{L})/giu, ' not')
    .replace(/(?<!\p{L})cannot(?!\p{L})/giu, 'can not')
    // “Non-smokers” are others than smokers, and deny nothing.
    .replace(nonWords, 'non')
    .replace(/'s(?!\p{L})/giu, '')
  const found: { start: number; token: Token }[] = []
  /** What is found is blank for those who look later. */
  const take = (shape: RegExp, read: (part: string) => Partial<Token>): void => {
    text = text.replace(shape, (part: string, ...rest: unknown[]) => {
      const start = rest.find((each): each is number => typeof each === 'number') ?? 0
      found.push({ start, token: { ...empty, ...read(part) } })
      return ' '.repeat(part.length)
    })
  }
  take(codes, (code) => ({ term: code.toLowerCase().replace(/[-–]/g, '') }))
  take(letterNames, (letter) => ({ term: `#${letter.toLowerCase()}` }))
  text = text.toLowerCase()
  for (const [shape, token] of expressions) take(shape, () => token)
  take(signs, (sign) => {
    const value = moneySigns.indexOf(sign)
    return value === -1 ? { term: 'percent' } : { sense: { member: { set: 'money', value } } }
  })
  for (const number of numbersOf(text)) {
    found.push({ start: number.start, token: { ...empty, number } })
    text = text.slice(0, number.start) + ' '.repeat(number.end - number.start) + text.slice(number.end)
  }
  for (const { 0: word, index } of text.matchAll(words)) {
    for (const token of wordTokens(word, vocabulary)) found.push({ start: index, token })
  }
  return settled(
    found
      .sort((one, other) => one.start - other.start)
      .slice(0, mostTokens)
      .map(({ token }) => token),
  )
}

function wordTokens(word: string, vocabulary: Vocabulary): Token[] {
  const terms = vocabulary.terms(word)
  const sense = vocabulary.senseOf(word, terms[0])
  // “A” is an article in one language and has something in the other.
  const joint = word === 'a' && vocabulary.language === 'fr' ? null : (joints.get(word) ?? null)
  if (joint !== null || terms.length === 0) return [{ ...empty, word, sense, joint }]
  return terms.map((term) => ({ ...empty, word, term: sense.sameAs ?? term, sense }))
}

/** French words that complete “ne”. */
const completing = new Set('pas plus jamais aucun aucune ni rien point guère nul nulle'.split(' '))
/** Tokens between “ne” and what completes it, or between a degree and what is denied. */
const near = 6

/** Words that deny once with a “ne” that follows. */
const announcing = /^(?:aucune?|nulle?|jamais|rien|personne)$/

/** What only the words around can tell: “ne … que” is only, “ne … plus” denies, “plus … que” compares, “peu fréquent” denies. */
function settled(tokens: readonly Token[]): Token[] {
  const whole: Token[] = []
  /** Tokens since a “ne”. */
  let open = Infinity
  let isCompared = false
  let degree: 1 | -1 | null = null
  for (const [at, token] of tokens.entries()) {
    open++
    const { word, sense } = token
    const next = tokens[at + 1]
    const earlier = degree
    degree = null
    if (isNe(token)) {
      open = 0
      const isOnly = limits(tokens.slice(at + 1, at + near))
      const isNeither = tokens.some((each) => each.word === 'ni')
      whole.push(
        isOnly ? { ...token, sense: { quantifier: 'only' } } : isNeither ? { ...token, sense: { denies: 'whole' } } : token,
      )
    } else if (completing.has(word) && open <= near && !(word === 'plus' && tokens[at - 1]?.word === 'pas')) {
      // “Ne … aucun” denies once.
    } else if (announcing.test(word) && tokens.slice(at, at + 2 * near).some(isNe)) {
      // So does “aucun … ne”.
    } else if (
      (word === 'ni' && tokens.some(isNe)) ||
      (word === 'nor' && whole.some(({ sense: { denies } }) => denies === 'whole'))
    ) {
      whole.push({ ...token, sense: {} })
    } else if (word === 'pas') whole.push({ ...token, sense: { denies: 'after' } })
    else if (word === 'peu' && next?.joint !== 'of') whole.push({ ...token, sense: { denies: 'after' } })
    else if (word === 'as' && whole.slice(-near - 2).some((each) => each.word === 'as')) whole.push({ ...token, joint: 'than' })
    else if (word === 'que' || word === 'qu') {
      if (whole.at(-1)?.joint === 'comma') whole.push({ ...token, joint: 'which' })
      else if (isCompared) whole.push({ ...token, joint: 'than' })
    } else if (sense.degree !== undefined) {
      isCompared = true
      degree = sense.degree
      // “More rapid” is rapid, and “more” alone a direction.
      if (!next?.sense.direction) whole.push({ ...token, sense: { direction: { sign: degree, families: ['amount'] } } })
    } else if (
      sense.direction &&
      whole.at(-1)?.word === 'as' &&
      tokens.slice(at + 1, at + 2 * near).some((each) => each.word === 'as')
    ) {
      // “As long as” is not longer.
      whole.push({ ...token, sense: { ...sense, direction: { ...sense.direction, families: ['equal'] } } })
    } else if (earlier !== null && sense.direction) {
      whole.push({ ...token, sense: { ...sense, direction: graded(sense.direction, earlier) } })
    } else if (earlier !== null && sense.quantifier) {
      // “Plus nombreux” speaks of more, and not of many.
      whole.push({ ...token, sense: { isLight: true } })
    } else if (sense.isLight && (tokens[at - 1]?.word === 'per' || tokens[at - 1]?.word === 'par')) {
      // “Per person” says for whom.
      whole.push({ ...token, sense: withoutLight(sense) })
    } else whole.push(token)
    isCompared ||= sense.direction !== undefined || word === 'aussi' || word === 'autant'
  }
  return whole
}

function withoutLight({ sameAs }: Sense): Sense {
  return sameAs === undefined ? {} : { sameAs }
}

function isNe({ word, sense }: Token): boolean {
  return (word === 'ne' || word === 'n') && sense.denies !== undefined
}

/** Whether a “ne” before these goes on with “que”. */
function limits(after: readonly Token[]): boolean {
  const completed = after.findIndex(({ word }) => completing.has(word))
  const limited = after.findIndex(({ word }) => word === 'que' || word === 'qu')
  return limited !== -1 && (completed === -1 || limited < completed)
}

/** “Less rapid” is slow, “plus faible” is lower. */
function graded({ sign, families }: NonNullable<Sense['direction']>, degree: 1 | -1): NonNullable<Sense['direction']> {
  const [scale] = families
  const isAmount = scale === 'level' || scale === 'frequency' || scale === 'size'
  return { sign: sign === degree ? 1 : -1, families: isAmount ? ['amount', scale] : families }
}
