// One verdict is told in the same words at the sentence, beneath the answer and in the list beside it, in both languages.
import { describe, expect, it } from 'vitest'
import { en } from '../../renderer/i18n/en.ts'
import { fr } from '../../renderer/i18n/fr.ts'

describe.each([
  ['English', en.sources],
  ['French', fr.sources],
])('%s', (_, words) => {
  it.each([
    ['supported', 1, 0],
    ['partly', 0, 1],
    ['not_found', 0, 0],
  ] as const)(
    'an answer of one sentence: %s (bug: “partly supported” at the sentence, “not supported” beneath)',
    (verdict, supported, partly) => {
      const said = words.verdicts[verdict]
      expect(words.supported(supported, partly, 1)).toMatch(new RegExp(`(?:^| )${said}$`))
      expect(words.supportShort(supported, partly, 1)).toBe(words.found[verdict])
      expect(words.found[verdict].toLowerCase()).toBe(said)
    },
  )

  it('of several sentences, those that are supported in part are told (bug: they counted as not supported)', () => {
    expect(words.supported(1, 0, 3)).not.toBe(words.supported(1, 2, 3))
    expect(words.supportShort(1, 0, 3)).not.toBe(words.supportShort(1, 2, 3))
  })
})

it('reads as a person would say it', () => {
  expect(en.sources.supported(1, 1, 3)).toBe('1 of 3 sentences supported, 1 in part')
  expect(en.sources.supported(0, 1, 1)).toBe('its sentence is partly supported')
  expect(fr.sources.supported(2, 1, 3)).toBe('2 phrases étayées sur 3, 1 en partie')
  expect(fr.sources.supported(0, 1, 1)).toBe('sa phrase est étayée en partie')
})
