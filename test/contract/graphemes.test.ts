/** Texts that are shown are cut between signs: half a family, half a flag or a letter without its mark is another sign. */
import { describe, expect, test } from 'vitest'
import { endInSigns, firstSigns, startInSigns } from '../../contract/graphemes.ts'
import { oneLine } from '../../contract/one-line.ts'
import { titleOf } from '../../electron/host/chat/conversations/title.ts'

const family = '👩‍👩‍👧‍👦'
const flag = '🇫🇷'
const accented = 'e\u0301\u0323'
const cluster = 'क्षि'
const tone = '👍🏽'
const all = [family, flag, accented, cluster, tone]

function signsOf(text: string): string[] {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment)
}

describe.each(all)('%s', (sign) => {
  test('is kept whole or left out, wherever the cut falls', () => {
    const text = sign.repeat(12)
    for (let most = 1; most <= text.length; most++) {
      const start = startInSigns(text, most)
      const end = endInSigns(text, most)
      expect(start.length).toBeLessThanOrEqual(most)
      expect(end.length).toBeLessThanOrEqual(most)
      if (most < sign.length) continue
      expect(start).toBe(sign.repeat(Math.floor(most / sign.length)))
      expect(end).toBe(sign.repeat(Math.floor(most / sign.length)))
    }
    expect(firstSigns(text, 5)).toBe(sign.repeat(5))
    expect(firstSigns(text, 50)).toBe(text)
  })

  test('is whole at the end of a title, and at either end of a name that is shown', () => {
    for (let before = 0; before <= 60; before++) {
      const title = titleOf(`${'a'.repeat(before)}${sign.repeat(80)}`)
      expect(title.endsWith('…')).toBe(true)
      for (const one of signsOf(title.slice(before, -1))) expect(one).toBe(sign)
    }
    for (let before = 0; before < 20; before++) {
      const name = `${'a'.repeat(before)}${sign.repeat(200)}`
      for (const keep of ['start', 'end'] as const) {
        const shown = oneLine(name, keep).replace(/^a+/, '')
        expect(shown.length).toBeLessThanOrEqual(200)
        for (const one of signsOf(shown)) expect(one).toBe(sign)
      }
    }
  })
})

test('a sign without end is cut between its characters, so that something of it is left', () => {
  const endless = `e${'\u0301'.repeat(5000)}`
  expect(startInSigns(endless, 100)).toHaveLength(100)
  expect(endInSigns(endless, 100).length).toBeGreaterThan(0)
  expect(endInSigns(endless, 100).length).toBeLessThanOrEqual(100)
  expect(titleOf(endless).length).toBeLessThan(1000)
  const pairs = '😀\u200d'.repeat(3000)
  for (const most of [99, 100, 101]) {
    expect(startInSigns(pairs, most)).not.toMatch(/[\ud800-\udbff]$/)
    expect(endInSigns(pairs, most)).not.toMatch(/^[\udc00-\udfff]/)
  }
})

test('what fits is left as it is', () => {
  for (const text of ['', 'a', 'Łódź', family]) {
    expect(startInSigns(text, 20)).toBe(text)
    expect(endInSigns(text, 20)).toBe(text)
  }
})
