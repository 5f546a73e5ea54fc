/** The colours that really meet on the page, against WCAG 2.2 AA, in both themes. Catches a token that was changed by eye. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../renderer/styles/tokens.css', import.meta.url), 'utf8')

/** The colours of one rule of tokens.css, by name. */
function colours(rule: RegExp): Map<string, string> {
  const body = rule.exec(css)?.[1] ?? ''
  return new Map([...body.matchAll(/--([\w-]+):\s*(#[0-9A-F]{6});/gi)].map(([, name = '', value = '']) => [name, value]))
}

const light = colours(/:root,\s*\[data-theme=["']light["']\]\s*\{([^}]*)\}/)
const dark = colours(/\n\[data-theme=["']dark["']\]\s*\{([^}]*)\}/)
const darkBySystem = colours(/:root:not\(\[data-theme\]\)\s*\{([^}]*)\}/)

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

const grounds = ['paper', 'surface', 'sunken', 'selected', 'asked']
const text: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] => ['ink', 'ink-2', 'ink-3'].map((ink) => [ink, ground])),
  ...['paper', 'surface', 'sunken'].flatMap((ground): [string, string][] =>
    ['copper', 'verdigris', 'amber', 'danger', 'ok'].map((ink) => [ink, ground]),
  ),
  ...['copper', 'verdigris', 'amber', 'danger', 'ok'].map((ink): [string, string] => [ink, `${ink}-soft`]),
  ['on-copper', 'copper'],
  ['on-copper', 'copper-hover'],
  ['tooltip-ink', 'tooltip'],
  ['ink', 'mark'],
  ['page-ink', 'page'],
  ['page-ink', 'page-mark'],
]
const controls: [string, string][] = ['paper', 'surface', 'sunken'].flatMap((ground): [string, string][] => [
  ['edge', ground],
  ['focus', ground],
])

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_, tokens) => {
  const between = ([one, other]: [string, string]): number => contrast(tokens.get(one) ?? '', tokens.get(other) ?? '')

  it.each(text)('%s is readable on %s', (...pair) => {
    expect(between(pair)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(controls)('%s marks a control on %s', (...pair) => {
    expect(between(pair)).toBeGreaterThanOrEqual(3)
  })
})

it('has the same dark whether the person or the system chose it', () => {
  expect(dark.size).toBeGreaterThan(20)
  expect([...darkBySystem]).toEqual([...dark])
})

it('names every light colour in the dark as well', () => {
  expect([...dark.keys()].sort()).toEqual([...light.keys()].sort())
})
