/** The recovery code: what is printed comes back as it was, slips are told by their place, and no other code opens a box. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  newRecoveryCode as newCodeBytes,
  openByRecovery,
  readRecoveryCode as readCodeBytes,
  recoveryPublicKey,
  sealForRecovery,
} from '../../../electron/host/vault/backup/recovery-code.ts'

const newRecoveryCode = (): string => newCodeBytes().toString()
const readRecoveryCode = (typed: string): ReturnType<typeof readCodeBytes> => readCodeBytes(Buffer.from(typed))

function seedOf(code: string): Buffer {
  const read = readRecoveryCode(code)
  if (!('seed' in read)) throw new Error(`Group ${read.wrongGroup}`)
  return read.seed
}

test('a code is eight groups of five, and reads as what it is, however it is typed', () => {
  const seen = new Set<string>()
  for (let turn = 0; turn < 500; turn++) {
    const code = newRecoveryCode()
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/)
    const seed = seedOf(code)
    expect(seedOf(code.toLowerCase().replaceAll('-', '  \n'))).toEqual(seed)
    expect(seedOf(` ${code.replaceAll('-', '\u00A0–\u202F')}.\n`)).toEqual(seed)
    expect(seedOf(code.replaceAll('0', 'o').replaceAll('1', turn % 2 ? 'l' : 'I'))).toEqual(seed)
    seen.add(seed.toString('hex'))
  }
  expect(seen.size).toBe(500)
})

test('a slip is told by its group: 31 of 32 of them, and the box refuses the rest', () => {
  let told = 0
  for (let turn = 0; turn < 1000; turn++) {
    const code = newRecoveryCode()
    const at = [...code].findIndex((letter, index) => index >= turn % 40 && letter !== '-')
    const other = code[at] === 'Z' ? 'Y' : 'Z'
    const read = readRecoveryCode(code.slice(0, at) + other + code.slice(at + 1))
    if ('wrongGroup' in read) {
      told++
      expect(read.wrongGroup).toBe(Math.floor(at / 6) + 1)
    }
  }
  expect(told).toBeGreaterThan(930)
  const [first = '', second = '', ...rest] = newRecoveryCode().split('-')
  if (first !== second) expect('seed' in readRecoveryCode([second, first, ...rest].join('-'))).toBe(false)
  for (const wrong of ['', 'hello', 'é'.repeat(40), '🙂'.repeat(40), newRecoveryCode().slice(0, -1), `${newRecoveryCode()}A`])
    expect(readRecoveryCode(wrong)).toHaveProperty('wrongGroup')
})

test('what is sealed for a code opens with it alone, for its purpose alone, and never looks the same twice', () => {
  const [mine, other] = [seedOf(newRecoveryCode()), seedOf(newRecoveryCode())]
  const secret = randomBytes(32)
  const box = sealForRecovery(secret, recoveryPublicKey(mine), 'set 7')
  expect(openByRecovery(box, mine, 'set 7')).toEqual(secret)
  expect(openByRecovery(box, other, 'set 7')).toBeNull()
  expect(openByRecovery(box, mine, 'set 8')).toBeNull()
  expect(sealForRecovery(secret, recoveryPublicKey(mine), 'set 7')).not.toBe(box)
  const bytes = Buffer.from(box, 'base64')
  for (let at = 0; at < bytes.length; at++) {
    const spoiled = Buffer.from(bytes)
    spoiled.writeUInt8(spoiled.readUInt8(at) ^ 1, at)
    const opened = openByRecovery(spoiled.toString('base64'), mine, 'set 7')
    // The top bit of a point does not count (RFC 7748, section 5), but it is authenticated here.
    expect(opened, String(at)).toBeNull()
  }
  for (const none of ['', 'AAAA', Buffer.alloc(92).toString('base64')]) expect(openByRecovery(none, mine, 'set 7')).toBeNull()
})
