/** How hard a passphrase is to guess, by zxcvbn with the words and names of both languages. Big, so it is loaded only while a passphrase is being chosen. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { dictionary as french } from '@zxcvbn-ts/language-fr'
import type { Suggestion, Warning } from '../i18n/strength-names.ts'

export type Score = 0 | 1 | 2 | 3 | 4

export interface Judgement {
  /** 0: guessed at once; 4: very hard to guess. */
  score: Score
  warning: Warning | null
  suggestions: Suggestion[]
}

/** @param known what others know: the person's name, the computer's */
export type Judge = (passphrase: string, known: readonly string[]) => Judgement

/** Longer ones are judged by their beginning: the search takes more than linear time. The host does the same. */
const judgedCharacters = 128

/** Makes what judges: a tenth of a second, so once for each form. */
export function newJudge(): Judge {
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common, ...english, ...french },
    graphs: adjacencyGraphs,
    maxLength: judgedCharacters,
  })
  return (passphrase, known) => {
    const { score, feedback } = zxcvbn.check(passphrase, [...known])
    // Without a dictionary of sentences the library hands out their names, which are ours too.
    return {
      score,
      warning: feedback.warning === null || feedback.warning === '' ? null : (feedback.warning as Warning),
      suggestions: feedback.suggestions as Suggestion[],
    }
  }
}
