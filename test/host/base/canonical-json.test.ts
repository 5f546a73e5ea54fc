// The form that signatures are made over: one text for one value, and none for what two readers could take for different things.
import { describe, expect, test } from 'vitest'
import { canonicalJson, NotCanonical, parseCanonicalJson } from '../../../electron/host/base/canonical-json.ts'

describe('the canonical form', () => {
  test('does not depend on the order of keys or on white space', () => {
    const text = canonicalJson(JSON.parse('{ "b": [1, {"z": null, "a": true}], "a": "é\\u20ac\\n" }'))
    expect(text).toBe('{"a":"é€\\n","b":[1,{"a":true,"z":null}]}')
  })

  test('follows RFC 8785 in its own example of numbers and order', () => {
    const value = { numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001] }
    expect(canonicalJson(value)).toBe('{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}')
    const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(JSON.parse(canonicalJson(order)) as object)).toHaveLength(7)
    expect(canonicalJson(order).match(/:\d/g)?.join('')).toBe(':2:4:6:7:1:5:3')
  })

  test.each<[string, unknown]>([
    ['a date', { at: new Date() }],
    ['nothing', { of: undefined }],
    ['a hole', Array.from({ length: 2 }).concat([1])],
    ['a number that is none', { many: Number.NaN }],
    ['a number without end', JSON.parse('[1e400]')],
    ['zero from below', JSON.parse('[-0]')],
    ['half a character', JSON.parse('["\\ud800"]')],
    ['a name with half a character', JSON.parse('{"\\udc00": 1}')],
    ['a member called __proto__', JSON.parse('{"a": 1, "__proto__": {"b": 2}}')],
    ['a tower', JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`)],
    ['a big number', 1n],
  ])('does not exist for %s', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(NotCanonical)
  })
})

describe('parsing', () => {
  test('takes what has one meaning', () => {
    const text = '{"a": {"b": "x\\"}", "c": []}, "b": [{"a": "a"}, {"a": ": {"}], "": "\\\\"}'
    expect(parseCanonicalJson(text)).toEqual(JSON.parse(text))
  })

  test.each([
    '{"a": 1, "a": 2}',
    '{"a": 1, "\\u0061": 2}',
    '[{"b": {"x": [], "y": 0, "x" : 1}}]',
    '{"__proto__": 1}',
    '["\\ud800"]',
    '-0',
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
  ])('refuses %.40s', (text) => {
    expect(() => parseCanonicalJson(text)).toThrow(NotCanonical)
  })

  test('refuses what is no JSON', () => {
    expect(() => parseCanonicalJson('{"a": "')).toThrow(SyntaxError)
  })
})
