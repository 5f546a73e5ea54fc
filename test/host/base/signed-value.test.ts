// What vouches for catalogues, bundles and cards: the same bytes for the same value, and no value that nobody signed.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  canonicalBytes,
  keyIdOf,
  publicKeyOf,
  signValue,
  TrustedKey,
  verifyValue,
} from '../../../electron/host/base/signed-value.ts'

const pair = () => generateKeyPairSync('ed25519')
const trust = (name: string, { publicKey }: ReturnType<typeof pair>): TrustedKey => ({ name, publicKey: publicKeyOf(publicKey) })

describe('the canonical bytes', () => {
  test('do not depend on the order of keys or on white space', () => {
    const text = canonicalBytes(JSON.parse('{ "b": [1, {"z": null, "a": true}], "a": "é\\u20ac\\n" }')).toString()
    expect(text).toBe('{"a":"é€\\n","b":[1,{"a":true,"z":null}]}')
  })

  test('follow RFC 8785 in its own example of numbers and order', () => {
    const value = { numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001] }
    expect(canonicalBytes(value).toString()).toBe('{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}')
    const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(JSON.parse(canonicalBytes(order).toString()) as object)).toHaveLength(7)
    expect(canonicalBytes(order).toString().match(/:\d/g)?.join('')).toBe(':2:4:6:7:1:5:3')
  })

  test('exist only for JSON', () => {
    expect(() => canonicalBytes({ at: new Date() })).toThrow()
    expect(() => canonicalBytes({ many: Number.NaN })).toThrow()
  })
})

describe('a signature', () => {
  const [ours, theirs] = [pair(), pair()]
  const value = { version: 3, families: ['a'] }

  test('vouches for the value, whoever else signed it too', () => {
    const signed = signValue(value, [theirs.privateKey, ours.privateKey])
    expect(verifyValue({ families: ['a'], version: 3 }, signed, [trust('ours', ours)])).toEqual({ signer: trust('ours', ours) })
  })

  test('does not vouch for another value, nor under another key’s name', () => {
    const signed = signValue(value, [ours.privateKey])
    expect(verifyValue({ ...value, version: 4 }, signed, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
    expect(verifyValue(value, signed, [trust('theirs', theirs)])).toEqual({ trouble: 'unknown_key' })
    const [first] = signed.signatures
    const renamed = { signatures: [{ keyId: keyIdOf(publicKeyOf(theirs.publicKey)), signature: first?.signature ?? '' }] }
    expect(verifyValue(value, renamed, [trust('theirs', theirs)])).toEqual({ trouble: 'wrong_signature' })
    const short = { signatures: [{ keyId: first?.keyId ?? '', signature: 'AAAA' }] }
    expect(verifyValue(value, short, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
  })

  test('comes from ed25519 alone', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(() => signValue(value, [privateKey])).toThrow('ed25519')
    expect(TrustedKey.safeParse({ name: 'short', publicKey: 'AAAA' }).success).toBe(false)
  })
})
