/** A model's vocabulary, as far as prompts need it; nothing of node-llama-cpp shows, so that it may be any real tokeniser. */

/** Tokens with their spellings, and the way from text to tokens and back. */
export interface Vocabulary {
  /** Spelling of each token, by id. */
  pieces: readonly string[]
  /** Kind of each token in GGUF's numbers: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte. */
  kinds: readonly number[]
  bos: number | null
  eos: number | null
  /** Whether a prompt begins with `bos` even when its text does not. */
  addBos: boolean
  /** Never adds `bos` or `eos`. With `special`, spellings of special tokens become those tokens. */
  tokenize(text: string, special: boolean): number[]
  /** With `special`, special tokens are spelled out; without, they are left out. */
  detokenize(tokens: readonly number[], special: boolean): string
}

const normalKinds = new Set([1, 5, 6])
const userDefined = 4

/** Brackets around something: what a mark looks like. User-defined tokens are also runs of spaces, which are only text. */
const looksLikeMark = /^\s*[<[{(].*[\p{L}\p{N}].*[>\]})]$/su

/** The tokens of a vocabulary that mean something to the model, and so must never be made of anybody's text. Built once per model. */
export class SpecialTokens {
  readonly #ids = new Set<number>()
  /** Finds any of their spellings in a text, the longest first; null when there are none. */
  readonly spelling: RegExp | null

  constructor(vocabulary: Vocabulary) {
    const spellings: string[] = []
    vocabulary.pieces.forEach((piece, id) => {
      if (!isSpecial(vocabulary, piece, id)) return
      this.#ids.add(id)
      if (piece !== '') spellings.push(piece)
    })
    // In this order a spelling comes before its own beginnings, and neighbours share theirs, which keeps thousands of them fast.
    spellings.sort().reverse()
    this.spelling =
      spellings.length === 0
        ? null
        : new RegExp(spellings.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g')
  }

  has(token: number): boolean {
    return this.#ids.has(token)
  }
}

function isSpecial(vocabulary: Vocabulary, piece: string, id: number): boolean {
  const kind = vocabulary.kinds[id] ?? 1
  if (!normalKinds.has(kind) && kind !== userDefined) return true
  if (!looksLikeMark.test(piece)) return false
  if (kind === userDefined) return true
  // llama.cpp makes control tokens of some (<|im_end|>, <end_of_turn> …) whatever the file says: only it can tell.
  return kind !== 6 && vocabulary.tokenize(piece, true).join() !== vocabulary.tokenize(piece, false).join()
}
