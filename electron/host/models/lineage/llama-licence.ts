/** What Meta's community licences ask of whoever uses or passes on a Llama model or one made from it. */
import type { Duty } from '../../../../contract/catalogue.ts'

/** The duties of every version, from section 1.b of each licence; llama3 and later. */
export const llamaDuties: readonly Duty[] = ['built_with_llama', 'llama_prefix', 'notice', 'acceptable_use']

/**
 * The version of a Llama licence or model that a text names: `3`, `3.1`, `3.2`, `3.3` or `4`. Earlier ones have other duties. A
 * number before `B` counts parameters: OpenLLaMA 3B is not a Llama 3.
 */
const named = /(?:^|[^a-z])llama[\s_-]?v?(4|3(?:[._][123])?)(?!\.?\d|b)/i

/**
 * The notice that the licence wants passed on, word for word, when one of the texts (a licence's name, a model's name, the
 * name of what it was made from) names a Llama; null when none does.
 */
export function llamaNotice(texts: readonly (string | null | undefined)[]): string | null {
  for (const text of texts) {
    const version = named.exec(text ?? '')?.[1]?.replace('_', '.')
    if (version === undefined) continue
    const name = version === '3' ? 'Meta Llama 3' : `Llama ${version}`
    return `${name} is licensed under the ${name} Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.`
  }
  return null
}
