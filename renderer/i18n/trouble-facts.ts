/**
 * The data of a failure, as far as its sentence needs it. What comes over the link is untyped there, so each fact is
 * checked here; a sentence must still be right when a fact is missing.
 */
import type { KeychainTrouble } from '../../contract/entities.ts'

/** Why the data of a language are not taken or not used. */
type DataTrouble = (typeof dataTroubles)[number]

/** What of a document cannot be had. */
type Missing = (typeof allMissing)[number]

/** Sizes are bytes, times epoch milliseconds. */
export interface TroubleFacts {
  triesLeft: number | undefined
  retryAt: number | undefined
  trouble: KeychainTrouble | undefined
  reference: string | undefined
  name: string | undefined
  architecture: string | undefined
  baseName: string | undefined
  neededBytes: number | undefined
  freeBytes: number | undefined
  totalBytes: number | undefined
  promptTokens: number | undefined
  room: number | undefined
  afterMs: number | undefined
  detail: string | undefined
  host: string | undefined
  status: number | undefined
  at: number | undefined
  version: number | undefined
  known: number | undefined
  limit: number | undefined
  group: number | undefined
  reason: DataTrouble | undefined
  /** What of a document is missing for another reason than its length. */
  missing: Missing | undefined
}

const keychainTroubles: readonly KeychainTrouble[] = ['no_library', 'no_service', 'locked', 'timeout', 'refused']
const dataTroubles = ['name', 'shipped', 'too_big', 'malformed', 'no_network', 'unusable', 'changed'] as const
const allMissing = ['formulas', 'encrypted'] as const

/** Takes out of a failure's data what sentences may use. */
export function troubleFacts(data: Record<string, unknown> = {}): TroubleFacts {
  const number = (key: string): number | undefined => (typeof data[key] === 'number' ? data[key] : undefined)
  const text = (key: string): string | undefined => (typeof data[key] === 'string' && data[key] !== '' ? data[key] : undefined)
  return {
    triesLeft: number('triesLeft'),
    retryAt: number('retryAt'),
    trouble: keychainTroubles.find((known) => known === data['trouble']),
    reference: text('reference'),
    name: text('name'),
    architecture: text('architecture'),
    baseName: text('baseName'),
    neededBytes: number('neededBytes') ?? number('needBytes'),
    freeBytes: number('freeBytes'),
    totalBytes: number('totalBytes'),
    promptTokens: number('promptTokens'),
    room: number('room'),
    afterMs: number('afterMs'),
    detail: text('detail'),
    host: text('host'),
    status: number('status'),
    at: number('at'),
    version: number('version'),
    known: number('known'),
    limit: number('limit'),
    group: number('group'),
    reason: dataTroubles.find((known) => known === data['reason']),
    missing: allMissing.find((known) => Array.isArray(data['cut']) && data['cut'].length === 1 && data['cut'][0] === known),
  }
}
