/** Reads lineage cards from disk: the file `model-card.json` and its signature, bounded, and checked before anything is believed. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { LineageCard } from '../../../../contract/lineage-card.ts'
import { AppError } from '../../../../contract/errors.ts'
import { parseCanonicalJson } from '../../base/canonical-json.ts'
import { Signatures } from '../../base/signed-value.ts'

/** The name of a card that lies in a folder of its own with its model, and in bundles. */
const cardName = 'model-card.json'
const mostCardBytes = 1024 * 1024
const mostSignatureBytes = 64 * 1024

/** A card as it came: `json` is what was signed, to the last key. */
export interface CardFile {
  json: z.core.util.JSONType
  card: LineageCard
  signatures: Signatures | null
}

/**
 * Makes a card of its text and the text of its signature.
 * @param sha256 of the file that it must describe
 * @throws AppError card_malformed {detail: where}, card_wrong_file
 */
export function parseCard(text: string, signatureText: string | null, sha256: string): CardFile {
  const json = z.json().safeParse(parseJson(text))
  const card = LineageCard.safeParse(json.data)
  if (!json.success || !card.success) {
    const detail = card.error?.issues[0]?.path.join('.') ?? ''
    throw new AppError('card_malformed', `Not a lineage card: ${detail}`, { detail: detail.slice(0, 100) })
  }
  if (!card.data.files.some((file) => file.sha256 === sha256))
    throw new AppError('card_wrong_file', 'The card describes another file')
  if (signatureText === null) return { json: json.data, card: card.data, signatures: null }
  const signatures = Signatures.safeParse(parseJson(signatureText))
  if (!signatures.success) throw new AppError('card_malformed', 'Not a signature', { detail: 'sig' })
  return { json: json.data, card: card.data, signatures: signatures.data }
}

/**
 * The card that lies beside a model's file: `NAME.gguf.model-card.json`, `NAME.model-card.json` or `model-card.json`, with its
 * signature in a file of the same name and `.sig`. Null when there is none.
 * @throws AppError card_malformed, card_wrong_file
 */
export async function readCardBeside(path: string, sha256: string): Promise<CardFile | null> {
  const name = basename(path)
  const candidates = [`${name}.${cardName}`, `${name.replace(/\.gguf$/i, '')}.${cardName}`, cardName]
  for (const candidate of candidates) {
    const cardPath = join(dirname(path), candidate)
    const text = await readBounded(cardPath, mostCardBytes)
    if (text !== null) return parseCard(text, await readBounded(`${cardPath}.sig`, mostSignatureBytes), sha256)
  }
  return null
}

/** Null when there is no such file. @throws AppError card_malformed when it is too big or cannot be read */
async function readBounded(path: string, mostBytes: number): Promise<string | null> {
  // A pipe of that name would otherwise be waited for; Windows has neither.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new AppError('card_malformed', 'The card cannot be read', undefined, { cause: error })
  })
  if (!file) return null
  try {
    const found = await file.stat()
    if (!found.isFile() || found.size > mostBytes) throw new AppError('card_malformed', 'Not a card by its size')
    const bytes = Buffer.alloc(found.size)
    const { bytesRead } = await file.read(bytes, 0, found.size, 0)
    return bytes.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

function parseJson(text: string): unknown {
  try {
    return parseCanonicalJson(text)
  } catch {
    return undefined
  }
}
