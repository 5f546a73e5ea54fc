/** Writes policies down as the three systems take them: a registry file, a profile for macOS, JSON for Linux. The same policies give the same bytes. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../contract/errors.ts'
import type { PolicyFormat } from '../../../contract/policy-finding.ts'
import { policyList, type ListedPolicy } from '../../../contract/policy-list.ts'
import { defaultSettings, type SettingKey, type Settings } from '../../../contract/settings.ts'
import { writeFileAtomic } from '../base/atomic-file.ts'
import { receivingFailure } from '../base/received-file.ts'
import { macDomain } from './managed-mac.ts'
import { writePropertyList, type WrittenProperty } from './property-list-writer.ts'

/** A policy with a value that its setting takes. */
export interface WrittenPolicy {
  name: string
  value: string | number | boolean | string[]
}

/** Every policy with the value of its setting; lists as lists. @param isWanted whether a setting goes along */
export function policiesOf(values: Settings, isWanted: (key: SettingKey) => boolean): WrittenPolicy[] {
  return policyList.filter(({ key }) => isWanted(key)).map((listed) => asWritten(listed, values[listed.key]))
}

/** What makes sense in an organisation, for templates. */
export function examplePolicies(): WrittenPolicy[] {
  return policyList.filter(({ policy }) => policy.example !== '').map((listed) => asWritten(listed, listed.policy.example))
}

function asWritten({ policy: { name }, kind }: ListedPolicy, value: unknown): WrittenPolicy {
  if (kind.kind === 'text' && kind.lines) return { name, value: linesOf(String(value)) }
  if (typeof value === 'number' || typeof value === 'boolean') return { name, value }
  return { name, value: String(value) }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/)
}

/** The key of the machine's policies. */
export const registryKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Alambic'

/** As `reg import` takes it: UTF-16 with its mark, so that accents are the same in every code page. */
export function registryFile(policies: readonly WrittenPolicy[]): Buffer {
  const values = policies.map(({ name, value }) => `"${name}"=${registryValue(value)}`)
  const text = ['Windows Registry Editor Version 5.00', '', `[${registryKey}]`, ...values, '', ''].join('\r\n')
  return Buffer.from(`\uFEFF${text}`, 'utf16le')
}

function registryValue(value: WrittenPolicy['value']): string {
  if (typeof value === 'boolean') return `dword:0000000${value ? 1 : 0}`
  if (typeof value === 'number') return `dword:${value.toString(16).padStart(8, '0')}`
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  const bytes = Buffer.from([...value, ''].map((line) => `${line}\0`).join(''), 'utf16le')
  return `hex(7):${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`
}

/** A profile for the machine. */
export function profileFile(policies: readonly WrittenPolicy[]): string {
  const payload = (name: string, rest: Record<string, WrittenProperty>): Record<string, WrittenProperty> => ({
    PayloadDisplayName: 'Alambic',
    PayloadIdentifier: `${macDomain}.${name}`,
    PayloadUUID: uuidOf(`${macDomain}.${name}`),
    PayloadVersion: 1,
    ...rest,
  })
  const settings = payload('settings', {
    PayloadType: macDomain,
    ...Object.fromEntries(policies.map(({ name, value }) => [name, value])),
  })
  return writePropertyList(
    payload('profile', { PayloadType: 'Configuration', PayloadScope: 'System', PayloadContent: [settings] }),
  )
}

/** An id that is the same each time: RFC 9562, version 8, out of a hash of the name. */
function uuidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const [one, two, three, four, five] = [
    [0, 4],
    [4, 6],
    [6, 8],
    [8, 10],
    [10, 16],
  ].map(([from, to]) => hash.subarray(from, to).toString('hex').toUpperCase())
  return [one, two, three, four, five].join('-')
}

/** For `/etc/alambic/policies/managed`. */
export function jsonFile(policies: readonly WrittenPolicy[]): string {
  return `${JSON.stringify(Object.fromEntries(policies.map(({ name, value }) => [name, value])), null, 2)}\n`
}

const writers: Record<PolicyFormat, (policies: readonly WrittenPolicy[]) => Buffer | string> = {
  reg: registryFile,
  mobileconfig: profileFile,
  json: jsonFile,
}

/**
 * Writes what differs from the defaults, whoever decided it, into a file that was not there. Where nothing differs nothing stands in it.
 * @throws AppError place_unwritable, disk_full
 */
export function exportPolicies(folder: string, format: PolicyFormat, values: Settings): { name: string } {
  // A folder that was chosen and went away is not made anew: it may have been a stick's.
  if (!existsSync(folder)) throw new AppError('place_unwritable', 'The folder is gone')
  const policies = policiesOf(values, (key) => values[key] !== defaultSettings[key])
  let name = `alambic-policies.${format}`
  for (let turn = 2; existsSync(join(folder, name)); turn++) name = `alambic-policies-${turn}.${format}`
  try {
    writeFileAtomic(join(folder, name), writers[format](policies))
  } catch (error) {
    throw receivingFailure(error)
  }
  return { name }
}
