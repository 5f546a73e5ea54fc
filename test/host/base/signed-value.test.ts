// What vouches for catalogues, bundles and cards: the same bytes for the same value, and no value that nobody signed.
import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../electron/host/base/canonical-json.ts'
import { keyIdOf, publicKeyOf, signValue, TrustedKey, verifyValue } from '../../../electron/host/base/signed-value.ts'

const pair = () => generateKeyPairSync('ed25519')
const trust = (name: string, { publicKey }: ReturnType<typeof pair>): TrustedKey => ({ name, publicKey: publicKeyOf(publicKey) })

describe('a signature', () => {
  const [ours, theirs] = [pair(), pair()]
  const value = { version: 3, families: ['a'] }

  test('vouches for the value, whoever else signed it too', () => {
    const signed = signValue('card', value, [theirs.privateKey, ours.privateKey])
    expect(verifyValue('card', { families: ['a'], version: 3 }, signed, [trust('ours', ours)])).toEqual({
      signer: trust('ours', ours),
    })
  })

  test('does not vouch for another value, nor under another key’s name', () => {
    const signed = signValue('card', value, [ours.privateKey])
    expect(verifyValue('card', { ...value, version: 4 }, signed, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
    expect(verifyValue('card', value, signed, [trust('theirs', theirs)])).toEqual({ trouble: 'unknown_key' })
    const [first] = signed.signatures
    const renamed = { signatures: [{ keyId: keyIdOf(publicKeyOf(theirs.publicKey)), signature: first?.signature ?? '' }] }
    expect(verifyValue('card', value, renamed, [trust('theirs', theirs)])).toEqual({ trouble: 'wrong_signature' })
    const short = { signatures: [{ keyId: first?.keyId ?? '', signature: 'AAAA' }] }
    expect(verifyValue('card', value, short, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
  })

  test('of one kind never vouches for another, and none without a kind (bug: a card that is taken for a catalogue)', () => {
    const signed = signValue('card', value, [ours.privateKey])
    for (const kind of ['catalogue', 'bundle'] as const)
      expect(verifyValue(kind, value, signed, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
    const untagged = sign(null, Buffer.from(canonicalJson(value)), ours.privateKey).toString('base64')
    const old = { signatures: [{ keyId: keyIdOf(publicKeyOf(ours.publicKey)), signature: untagged }] }
    expect(verifyValue('card', value, old, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
  })

  test('covers its key’s id, so that it cannot be passed off under another', () => {
    const keyId = keyIdOf(publicKeyOf(theirs.publicKey))
    const bytes = Buffer.from(`alambic card v1\n${keyId}\n${canonicalJson(value)}`)
    const signature = sign(null, bytes, ours.privateKey).toString('base64')
    const named = { signatures: [{ keyId: keyIdOf(publicKeyOf(ours.publicKey)), signature }] }
    expect(verifyValue('card', value, named, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
  })

  test('does not vouch for a value with a member that readers lose (bug: __proto__ was not signed)', () => {
    const signed = signValue('card', value, [ours.privateKey])
    const more: unknown = JSON.parse('{"version":3,"families":["a"],"__proto__":{"notice":"none"}}')
    expect(verifyValue('card', more, signed, [trust('ours', ours)])).toEqual({ trouble: 'wrong_signature' })
  })

  test('comes from ed25519 alone', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(() => signValue('card', value, [privateKey])).toThrow('ed25519')
    expect(TrustedKey.safeParse({ name: 'short', publicKey: 'AAAA' }).success).toBe(false)
  })
})
