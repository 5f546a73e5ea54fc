/** Descriptions of the policies for the tools of macOS and for editors: a manifest of ProfileManifests, a schema for Jamf, a JSON Schema. */
import { policyList, type ListedPolicy } from '../../contract/policy-list.ts'
import type { PolicyWords } from '../../contract/settings/setting.ts'
import { macDomain } from '../../electron/host/settings/managed-mac.ts'
import { writePropertyList, type WrittenProperty } from '../../electron/host/settings/property-list-writer.ts'

/** When the list of policies last changed. Not the day on which the files are made: the same list gives the same bytes. */
const lastChanged = new Date('2026-11-30T00:00:00Z')

interface Named {
  type: 'string' | 'integer' | 'boolean' | 'array'
  words: PolicyWords
}

function named({ policy, kind }: ListedPolicy): Named {
  const isNumber = kind.kind === 'number' || (kind.kind === 'choice' && typeof kind.values[0] === 'number')
  const isList = kind.kind === 'text' && kind.lines
  return { type: kind.kind === 'switch' ? 'boolean' : isNumber ? 'integer' : isList ? 'array' : 'string', words: policy.en }
}

function titles({ choices }: PolicyWords, values: readonly (string | number)[]): string[] {
  return values.map((value) => choices?.[String(value)] ?? String(value))
}

/** Every schema has the lists' values as texts, because that is what an administrator writes line by line. */
export function jsonSchema(): string {
  const properties = policyList.map((listed): [string, object] => {
    const { policy, kind } = listed
    const { type, words } = named(listed)
    const limits =
      kind.kind === 'choice'
        ? { enum: kind.values }
        : kind.kind === 'number'
          ? { minimum: kind.least, maximum: kind.most }
          : type === 'array'
            ? { items: { type: 'string' } }
            : kind.kind === 'text'
              ? { maxLength: kind.mostLength }
              : {}
    return [policy.name, { title: words.title, description: words.help, type, ...limits }]
  })
  return json({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Policies of Alambic',
    description: 'A file in /etc/alambic/policies/managed or /etc/alambic/policies/recommended.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  })
}

export function jamfSchema(): string {
  const properties = policyList.map((listed, order): [string, object] => {
    const { policy, kind } = listed
    const { type, words } = named(listed)
    const limits =
      kind.kind === 'choice'
        ? { enum: kind.values, options: { enum_titles: titles(words, kind.values) } }
        : kind.kind === 'number'
          ? { minimum: kind.least, maximum: kind.most }
          : type === 'array'
            ? { items: { type: 'string', title: 'Entry' } }
            : {}
    return [policy.name, { title: words.title, description: words.help, property_order: order + 1, type, ...limits }]
  })
  return json({
    title: `Alambic (${macDomain})`,
    description: 'Policies of Alambic. What is not set is left to each person.',
    properties: Object.fromEntries(properties),
  })
}

export function profileManifest(): string {
  const own = policyList.map((listed): WrittenProperty => {
    const { policy, kind, initial } = listed
    const { type, words } = named(listed)
    const limits: Record<string, WrittenProperty> =
      kind.kind === 'choice'
        ? { pfm_range_list: kind.values, pfm_range_list_titles: titles(words, kind.values) }
        : kind.kind === 'number'
          ? { pfm_range_max: kind.most, pfm_range_min: kind.least }
          : type === 'array'
            ? { pfm_subkeys: [{ pfm_type: 'string' }] }
            : {}
    const usual =
      typeof initial === 'boolean' ||
      typeof initial === 'number' ||
      (typeof initial === 'string' && initial !== '' && type === 'string')
    return sorted({
      ...(usual ? { pfm_default: initial } : {}),
      pfm_app_min: policy.since,
      pfm_description: words.help,
      pfm_name: policy.name,
      pfm_title: words.title,
      pfm_type: type,
      ...limits,
    })
  })
  return writePropertyList(
    sorted({
      pfm_description: 'Policies of Alambic',
      pfm_domain: macDomain,
      pfm_format_version: 1,
      pfm_last_modified: lastChanged,
      pfm_platforms: ['macOS'],
      pfm_subkeys: [...payloadKeys(), ...own],
      pfm_targets: ['system', 'user'],
      pfm_title: 'Alambic',
      pfm_unique: true,
      pfm_version: 1,
    }),
  )
}

/** What every manifest says of the payload itself. */
function payloadKeys(): WrittenProperty[] {
  const key = (name: string, title: string, type: string, rest: Record<string, WrittenProperty>): WrittenProperty =>
    sorted({ pfm_name: name, pfm_title: title, pfm_type: type, pfm_description: `${title} of the payload`, ...rest })
  return [
    key('PayloadDescription', 'Description', 'string', { pfm_default: 'Policies of Alambic' }),
    key('PayloadDisplayName', 'Name', 'string', { pfm_default: 'Alambic', pfm_require: 'always' }),
    key('PayloadIdentifier', 'Identifier', 'string', { pfm_default: macDomain, pfm_require: 'always' }),
    key('PayloadType', 'Type', 'string', { pfm_default: macDomain, pfm_require: 'always' }),
    key('PayloadUUID', 'Unique identifier', 'string', { pfm_require: 'always' }),
    key('PayloadVersion', 'Version', 'integer', { pfm_default: 1, pfm_require: 'always' }),
    key('PayloadOrganization', 'Organisation', 'string', {}),
  ]
}

function sorted(entries: Record<string, WrittenProperty>): Record<string, WrittenProperty> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
