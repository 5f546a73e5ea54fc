/** How hard a passphrase is to guess, by zxcvbn with the words, names and keyboards of both languages. Only the vault's own process loads it: its dictionaries are big, and what it makes of a passphrase is never wiped. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { dictionary as french } from '@zxcvbn-ts/language-fr'

/** Longer ones are judged by their beginning: the search takes more than linear time. */
const judgedCharacters = 128

/** 0 (guessed at once) to 4. @param context what others know: the person's name, the computer's, the organisation's */
export function scoreOf(passphrase: string, context: readonly string[]): number {
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common, ...english, ...french },
    graphs: adjacencyGraphs,
    maxLength: judgedCharacters,
  })
  return zxcvbn.check(passphrase, [...context]).score
}
