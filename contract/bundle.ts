/**
 * Stick bundles: a folder that takes models, their cards, presets and catalogues to a machine that has never seen a network. The
 * manifest names every file with its size and hash, and is what is signed; what it does not name is not looked at.
 */
import { z } from 'zod'
import { mostCatalogueBytes } from './catalogue.ts'
import { Trouble } from './entities.ts'
import { Id } from './id.ts'
import { CardSignature } from './lineage-card.ts'
import { isOneLine } from './one-line.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const Name = z.string().trim().min(1).max(200).refine(isOneLine)
const Count = z.number().int().nonnegative()

/** Names that Windows keeps for devices, whatever comes behind a dot. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/
/** A name that every file system of a stick can hold (FAT32, exFAT), that is no path, and of which no two differ by case alone. */
const FileName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,119}$/)
  .refine((name) => !name.endsWith('.') && !device.test(name) && !/^manifest\.json/.test(name))

/** What this version can install. A `catalogue` has its signatures in it. */
export const BundleKind = z.enum(['model', 'adapter', 'card', 'card_signature', 'presets', 'notice', 'catalogue'])
export type BundleKind = z.infer<typeof BundleKind>

/** Bytes of the largest item that is words: a thousand presets take 20 MB. */
const mostWordBytes = 32 * 1024 * 1024
/** The organisation's and ours. All are read before anybody has said yes to a bundle. */
const mostCatalogues = 2

/** One thing in a bundle. Its bytes are in one file, or in several one after the other: FAT32 holds no more than 4 GiB in one. */
export const BundleItem = z
  .strictObject({
    kind: BundleKind,
    /** As people know it. */
    name: Name,
    sha256: Sha256,
    sizeBytes: Count,
    parts: z.array(FileName).min(1).max(256),
    /** The model that an adapter stands on, or that a card describes. */
    of: Sha256.nullable().default(null),
  })
  .refine((item) => isGguf(item) || item.sizeBytes <= mostWordBytes, 'Too many words')
  .refine((item) => item.kind !== 'catalogue' || item.sizeBytes <= mostCatalogueBytes, 'Too many words')
export type BundleItem = z.infer<typeof BundleItem>

/** Whether an item is a student's file; everything else is words. */
export function isGguf({ kind }: { kind: BundleKind }): boolean {
  return kind === 'model' || kind === 'adapter'
}

/** What comes before a manifest is read in full: a later version may look quite different. */
export const BundleBeginning = z.object({ format: z.literal('alambic-bundle'), version: z.number().int().positive() })

/** `manifest.json`, version 1. */
export const BundleManifest = z
  .strictObject({
    format: z.literal('alambic-bundle'),
    version: z.literal(1),
    name: Name,
    createdAt: z.iso.datetime(),
    items: z.array(BundleItem).min(1).max(512),
  })
  .refine(({ items }) => isUnique(items.flatMap(({ parts }) => parts)), 'Two items share a file')
  .refine(({ items }) => isUnique(items.map(({ kind, sha256, of }) => `${kind} ${sha256} ${of}`)), 'Two items are the same')
  .refine(({ items }) => items.filter(({ kind }) => kind === 'catalogue').length <= mostCatalogues, 'Too many catalogues')
export type BundleManifest = z.infer<typeof BundleManifest>

function isUnique(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length
}

/**
 * What a catalogue in a bundle would do: come into force, or be left, because it is in force already or is no newer than one that
 * was here. One that is refused keeps the whole bundle out.
 */
export const BundleCatalogue = z.discriminatedUnion('fate', [
  z.object({ fate: z.enum(['newer', 'same', 'older']), publisher: z.string(), version: Count }),
  z.object({ fate: z.literal('refused'), trouble: Trouble }),
])
export type BundleCatalogue = z.infer<typeof BundleCatalogue>

/** A bundle that was found in a folder, before anything of it comes in. */
export const BundleSummary = z.object({
  reference: Id,
  name: z.string(),
  createdAt: z.number(),
  signature: CardSignature,
  /** Models and adapters; `here`: it is on this machine already and need not come. */
  students: z.array(z.object({ name: z.string(), kind: z.enum(['model', 'adapter']), sizeBytes: Count, here: z.boolean() })),
  presets: z.boolean(),
  catalogues: z.array(BundleCatalogue),
  /** Bytes that would come in, and that are free where they go. */
  neededBytes: Count,
  freeBytes: Count,
})
export type BundleSummary = z.infer<typeof BundleSummary>

/** A bundle on its way in or out. `installing`: all is here and verified. `done` and `failed` stay until they are put away. */
export const BundleWork = z.object({
  id: Id,
  direction: z.enum(['import', 'export']),
  name: z.string(),
  state: z.enum(['running', 'installing', 'done', 'failed']),
  doneBytes: Count,
  totalBytes: Count,
  /** How many models and adapters are in it. */
  students: Count,
  /** Name of the folder that was written. */
  folder: z.string().nullable(),
  trouble: Trouble.nullable(),
})
export type BundleWork = z.infer<typeof BundleWork>
