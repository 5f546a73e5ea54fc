/** How hard a passphrase is to guess, by zxcvbn with the words, names and keyboards of both languages. Only the vault's own process loads it: its dictionaries are big, and what it makes of a passphrase is never wiped. */

/** Longer ones are judged by their beginning: the search takes more than linear time. */
const judgedCharacters = 128

/** 0 (guessed at once) to 4. @param context what others know: the person's name, the computer's, the organisation's */
export async function scoreOf(passphrase: string, context: readonly string[]): Promise<number> {
  // Loaded here alone, in the bundled program too: the dictionaries would make every derivation wait.
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary: common }, { dictionary: english }, { dictionary: french }] =
    await Promise.all([
      import('@zxcvbn-ts/core'),
      import('@zxcvbn-ts/language-common'),
      import('@zxcvbn-ts/language-en'),
      import('@zxcvbn-ts/language-fr'),
    ])
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common, ...english, ...french },
    graphs: adjacencyGraphs,
    maxLength: judgedCharacters,
  })
  return zxcvbn.check(passphrase, [...context]).score
}
