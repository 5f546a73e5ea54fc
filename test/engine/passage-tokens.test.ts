/**
 * The host has no tokenizer: it estimates, and here the estimate is held to the tokenizers of the embedders that are there. No part of a section
 * that is cut may be longer than they take, no section that stays whole in what they are made for, and none much shorter than it could be.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { getLlama, type Llama } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitPassages } from '../../electron/host/workspaces/text/passages.ts'

const shared = join(import.meta.dirname, '../../../shared/models/embedders')
const embedders = [
  {
    name: 'multilingual-e5-small',
    file: process.env['ALAMBIC_EMBEDDER'] ?? join(shared, 'multilingual-e5-small-q4_0.gguf'),
    prefix: 'passage: ',
    madeFor: ['French law', 'English', 'capitals', 'numbers', 'a table', 'code', 'Chinese', 'Japanese', 'Korean'],
  },
  {
    name: 'all-MiniLM-L6-v2',
    file: process.env['ALAMBIC_QUICK_EMBEDDER'] ?? join(shared, 'all-minilm-l6-v2-q8_0.gguf'),
    prefix: '',
    madeFor: ['English', 'capitals', 'numbers', 'a table', 'code'],
  },
]

const law =
  "En application de l'article L. 145-14 du code de commerce, le bailleur peut refuser le renouvellement du bail ; il doit alors, sauf exceptions prévues aux articles L. 145-17 et suivants, payer au locataire évincé une indemnité égale au préjudice causé par le défaut de renouvellement. "
const texts: Record<string, string> = {
  'French law': law,
  'French medicine':
    "L'hypoprothrombinémie médicamenteuse, fréquemment asymptomatique, s'accompagne exceptionnellement d'hémorragies rétropéritonéales ; l'échocardiographie transœsophagienne et l'électrophorèse des protéines sont systématiquement prescrites. ",
  English:
    'The tenant may terminate this lease by giving three months notice in writing to the landlord before the end of the term. ',
  'English medicine':
    'Pharmacokinetic parameters of hydroxychloroquine were extrapolated; immunohistochemistry showed hepatosplenomegaly with glomerulonephritis. ',
  capitals: 'RÉSILIATION ANTICIPÉE DU BAIL COMMERCIAL. TERMINATION OF THE COMMERCIAL LEASE BY THE LESSEE. ',
  numbers: '12 500,50 € au 31/03/2028, 1 234 567.89 USD, réf. 2016/679-B12, IBAN FR76 3000 6000 0112 3456 7890 189. ',
  'a table': 'Lot 12\t1 250,00 €\t45,5 m²\t2024-01-01\tA3\n',
  code: 'export function estimateTokens(text: string): number {\n  return text.split(/\\s+/).map((word) => word.length >> 2).reduce((a, b) => a + b, 0)\n}\n',
  addresses: 'https://www.example.org/path/to/page-1?id=7f3a9c&lang=fr#part_2 ',
  Chinese: '出租人可以在合同期满前三个月书面通知承租人解除合同。',
  Japanese: '契約は三ヶ月前に通知することにより解除することができる。',
  Korean: '임대인은 계약 만료 삼 개월 전에 서면으로 통지하여 계약을 해지할 수 있다. ',
  marks: '— « … » ; (§ 3) [12] {a} <b> ± ≤ € % & # / ',
}

let llama: Llama
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logger: () => undefined })
})
afterAll(() => llama.dispose())

describe.each(embedders)('$name', ({ name, file, prefix, madeFor }) => {
  if (!existsSync(file)) {
    test.skip(`NOT RUN: passages were not held to the tokenizer of ${name}, because its file is not here`, () => undefined)
    return
  }
  let count: (text: string) => number
  beforeAll(async () => {
    const model = await llama.loadModel({ modelPath: file, vocabOnly: true })
    count = (text) => model.tokenize(`${prefix}${text}`.normalize('NFKC').replace(/\s+/g, ' ')).length + 2
  })

  test.each(Object.entries(texts))('%s fits', async (_name, text) => {
    const blocks = [
      {
        kind: 'paragraph' as const,
        level: 0,
        text: text.repeat(80),
        hasHeader: false,
        places: [{ start: 0, place: { kind: 'paragraph' as const, paragraph: 1 } }],
        confidence: null,
      },
    ]
    // Without a place to end well at, passages are as long as they may be.
    const long = [{ ...blocks[0]!, text: text.repeat(80).replace(/[.;。\n]/g, ' ') }]
    for (const split of [blocks, long]) {
      for (const passage of await splitPassages(split)) expect(count(passage.searchText)).toBeLessThanOrEqual(500)
    }
  })

  test.each(Object.keys(texts))('%s that stays whole fits, or loses a little of its end', async (kind) => {
    const text = texts[kind] ?? ''
    let whole = text
    for (let times = 1; times < 80; times++) {
      const place = { kind: 'paragraph' as const, paragraph: 1 }
      const longer = text.repeat(times).trim()
      const passages = await splitPassages([
        { kind: 'paragraph', level: 0, text: longer, hasHeader: false, places: [{ start: 0, place }], confidence: null },
      ])
      if (passages.length > 1) break
      whole = longer
    }
    expect(whole.length).toBeGreaterThan(text.length)
    if (madeFor.includes(kind)) expect(count(whole)).toBeLessThanOrEqual(512)
    else expect(count(whole)).toBeLessThanOrEqual(680)
  })

  test.runIf(prefix !== '')('prose is not needlessly short', async () => {
    for (const text of [law, texts['English']!]) {
      const passages = await splitPassages([
        {
          kind: 'paragraph',
          level: 0,
          text: text.repeat(40),
          hasHeader: false,
          places: [{ start: 0, place: { kind: 'paragraph', paragraph: 1 } }],
          confidence: null,
        },
      ])
      const mean = passages.reduce((sum, passage) => sum + count(passage.searchText), 0) / passages.length
      expect(mean).toBeGreaterThan(150)
    }
  })
})
