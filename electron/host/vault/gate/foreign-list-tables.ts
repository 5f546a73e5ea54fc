/**
 * The allow-list for `main`, the list of a vault, out of a backup set: which tables and columns come in, and what each value must be. Sets
 * are made since step 16, so all of these columns are there. What is not here does not exist: downloads and bundles that were under way,
 * places where files lie loose, consents, measurements, catalogues themselves, the ways to the network.
 */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { AuditEvent } from '../../../../contract/audit.ts'
import { AuditLine, CallerKind } from '../../../../contract/audit-line.ts'
import { Preset, Sampling } from '../../../../contract/conversation.ts'
import { AdapterFacts, Model, ModelPurpose, Thinking } from '../../../../contract/entities.ts'
import { startInSigns } from '../../../../contract/graphemes.ts'
import { LineageCard } from '../../../../contract/lineage-card.ts'
import { LedgerEntry } from '../../../../contract/network.ts'
import { settings, type SettingKey } from '../../../../contract/settings.ts'
import { Signatures } from '../../base/signed-value.ts'
import { FileName } from '../keys/key-record.ts'
import { besides, bytes, count, flag, foreignReference, json, moment, shownName } from './foreign-columns.ts'
import { table } from './foreign-table.ts'

/** Bytes of a file. */
const mostBytes = 2 ** 46
/** Tokens, parameters, numbers of rows: far above any. */
const mostCounted = 2 ** 46
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** A word that a file's header says of itself. */
const word = shownName('?')

/** Settings that say how somebody works, and nothing of a machine, of whom it trusts, or of where it asks: these come from anybody's list. */
const everybodysSettings = new Set<string>([
  'language',
  'theme',
  'idleLockMinutes',
  'passphraseStrength',
  'contextTokens',
  'unloadMinutes',
  'requireCard',
  'requireSignedBundles',
  'recognitionLanguages',
  'welcomed',
] satisfies SettingKey[])

export const settingRows = table({
  ...{ name: 'settings', since: 1, order: ['key'], mostRows: 10_000 },
  columns: { key: z.string().max(64), value: z.string().max(1_100_000) },
})

/** The value of a setting as it is kept; null for one that does not come in. What administrators alone may say never does. */
export function settingOf(key: string, value: string, isOwn: boolean): string | null {
  const found = Object.entries(settings).find(([name]) => name === key)?.[1]
  if (!found || (found.policy && 'only' in found.policy) || !(isOwn || everybodysSettings.has(key))) return null
  return besides<unknown>(found.schema).parse(value)
}

export const workspaces = table({
  ...{ name: 'workspaces', since: 1, order: ['created_at', 'id'], mostRows: 100_000 },
  columns: {
    // The name of its file, beside which there is one that is called so already.
    id: FileName.refine((id) => id !== 'main'),
    name: shownName('…').transform((name) => startInSigns(name, 100)),
    personal: flag,
    created_at: moment,
    model_id: foreignReference.nullable(),
    instructions: z.string().max(20_000),
    strict: flag,
    archived: flag,
    last_used_at: moment.nullable(),
    documents: count(1_000_000),
    erasing: flag,
  },
})

export const presets = table({
  ...{ name: 'presets', since: 1, order: ['created_at', 'id'], mostRows: 10_000 },
  columns: {
    id: foreignReference,
    name: Preset.shape.name,
    system_prompt: Preset.shape.systemPrompt,
    sampling: json(Sampling),
    created_at: moment,
    thinking: Thinking.nullable(),
  },
  later: { thinking: 17 },
})

export const backupPlan = table({
  ...{ name: 'backup_plan', since: 1, order: ['number'], mostRows: 1 },
  columns: {
    folder: z
      .string()
      .max(4096)
      .refine((path) => isAbsolute(path))
      .nullable(),
    daily: flag,
    kept: z.number().int().min(1).max(30),
    recovery_key: bytes({ length: 32, most: 32 }).nullable(),
    recovery_at: moment.nullable(),
    sequence: count(999_998),
  },
})

/** A file among ours, by its name alone, or one that lies at a place of this machine's; none on another machine. */
const modelFile = z
  .string()
  .max(4096)
  .refine((name) => (isAbsolute(name) ? !/^[/\\]{2}/.test(name) : /^[^/\\:\0]+$/.test(name) && !/^\.{1,2}$/.test(name)))

export const models = table({
  ...{ name: 'models', since: 1, order: ['id'], mostRows: 10_000 },
  columns: {
    id: sha256,
    name: word,
    file_name: modelFile,
    size_bytes: count(mostBytes),
    changed_at: z.number().min(-8.64e15).max(8.64e15),
    architecture: word,
    parameters: count(mostCounted),
    quantisation: word,
    trained_context_tokens: count(mostCounted),
    licence: word.nullable(),
    template: Model.shape.template,
    starter: flag,
    added_at: moment,
    verified_at: moment,
    last_used_at: moment.nullable(),
    base_id: sha256.nullable(),
    adapter: json(AdapterFacts).nullable(),
    draft_id: sha256.nullable(),
    catalogue_id: foreignReference.nullable(),
    purpose: ModelPurpose,
    file_identity: z.string().max(4096).nullable(),
    thinking: json(Model.shape.thinking).nullable(),
  },
  later: { thinking: 17 },
})

export const lineageCards = table({
  ...{ name: 'lineage_cards', since: 1, order: ['sha256'], mostRows: 10_000 },
  columns: {
    sha256,
    // As it was signed, and so not written anew.
    card: z
      .string()
      .max(2 * 1024 * 1024)
      .refine((text) => besides(LineageCard).parse(text) !== null),
    signatures: json(Signatures).nullable(),
    taken_at: moment,
  },
})

export const recognitionLanguages = table({
  ...{ name: 'recognition_languages', since: 1, order: ['code'], mostRows: 1_000 },
  columns: { code: z.string().regex(/^[A-Za-z0-9_]{2,40}$/), sha256, size_bytes: count(mostBytes), added_at: moment },
})

/** Which versions of catalogues were here: an older one is refused after a restore as before. */
export const catalogueVersions = table({
  ...{ name: 'catalogue_versions', since: 1, order: ['kind', 'publisher'], mostRows: 1_000 },
  columns: {
    kind: z.enum(['publisher', 'organisation']),
    publisher: z.string().max(1_000),
    version: count(Number.MAX_SAFE_INTEGER),
  },
})

export const auditRows = table({
  ...{ name: 'audit', since: 1, order: ['number'], mostRows: 1_000_000 },
  columns: {
    number: count(Number.MAX_SAFE_INTEGER / 2),
    at: moment,
    event: AuditEvent,
    caller_kind: CallerKind,
    caller_id: z.string().max(200),
    subject: z.string().max(200).nullable(),
    failure: z
      .string()
      .regex(/^[a-z_]{1,64}$/)
      .nullable(),
  },
})

/** Without the tiles and the keys: what was restored begins a log anew, with these as its first entries. */
export const auditEntries = table({
  ...{ name: 'audit_entries', since: 18, order: ['leaf'], mostRows: 1_000_000 },
  columns: { leaf: count(Number.MAX_SAFE_INTEGER / 2), uid: z.uuid(), at: moment, line: json(AuditLine) },
})

export const ledger = table({
  ...{ name: 'ledger', since: 1, order: ['id'], mostRows: 100_000 },
  columns: {
    id: count(Number.MAX_SAFE_INTEGER / 2),
    at: moment,
    host: z.string().max(300),
    purpose: LedgerEntry.shape.purpose,
    outcome: LedgerEntry.shape.outcome,
    received_bytes: count(Number.MAX_SAFE_INTEGER),
    port: count(65_535).nullable(),
    proxy: z.string().max(400).nullable(),
    sent_bytes: count(Number.MAX_SAFE_INTEGER),
  },
})
