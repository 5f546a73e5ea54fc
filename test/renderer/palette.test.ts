/** What the palette finds for a few letters: catches a command that cannot be reached by typing its name as people do. */
import { describe, expect, it } from 'vitest'
import { growth } from '../fixtures/growth.ts'
import { fitness } from '../../renderer/views/palette/fuzzy.ts'

/** Labels in the order in which the palette would show them. */
const found = (labels: string[], typed: string): string[] =>
  labels
    .map((label) => ({ label, fit: fitness(label, typed) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .map(({ label }) => label)

describe('fitness', () => {
  it.each([
    ['nothing typed', 'New chat', '  ', 1],
    ['the beginning', 'New chat', 'new c', 3],
    ['the beginning of a later word', 'Switch to Llama 3.2 3B Instruct', 'llama', 2],
    ['several words in any order', 'Switch to Llama 3.2 3B Instruct', 'instr llama', 2],
    ['capitals and accents left out', 'Réglages', 'REGLAGES', 3],
    ['accents too many', 'Models', 'modèls', 3],
    ['accents apart from their letters', 'Paramètres', 'parame\u0300', 3],
    ['two blanks between words', 'New chat', 'chat  new', 2],
    ['a version with its dot', 'Switch to Qwen2.5 Coder 0.5B Instruct', 'qwen2.5', 2],
    ['a name with a hyphen', 'Switch to Phi 3.5 mini', 'phi-3.5', 2],
    ['a straight apostrophe for a curly one', 'Passer l’interface en français', "l'interface", 2],
    ['one letter changed', 'Settings', 'sattings', 1],
    ['one letter left out', 'Settings', 'setings', 1],
    ['one letter too many', 'Settings', 'settiings', 1],
    ['two letters swapped', 'Settings', 'setitngs', 1],
    ['a slip at the very end', 'Settings', 'settingz', 1],
    ['two slips', 'Settings', 'satings', 0],
    ['a slip in a short word', 'Lock', 'luc', 0],
    ['letters from the middle of a word', 'Settings', 'tings', 0],
    ['one of two words missing', 'New chat', 'new model', 0],
    ['signs alone', 'New chat', '?!', 0],
  ])('%s: %s, %s is %i', (_, label, typed, fit) => expect(fitness(label, typed)).toBe(fit))

  it('is quick with a label and a question of any length', async () => {
    expect(await growth((words) => fitness('word '.repeat(words), 'wodr '.repeat(words)), 400)).toBeLessThan(12)
  })
})

it('puts the label that begins with the words first and a forgiven slip last', () => {
  expect(found(['Switch to Model', 'Medal', 'Models', 'Lock'], 'model')).toEqual(['Models', 'Switch to Model'])
  expect(found(['Settings', 'Change the theme', 'Theme'], 'theme')).toEqual(['Theme', 'Change the theme'])
})
