/**
 * A catalogue as it is published: its text, and the signatures inside it or in a file beside it. It says whether that is a
 * catalogue at all; whom to believe is for `catalogues.ts`.
 */
import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { Catalogue, mostCatalogueBytes } from '../../../../contract/catalogue.ts'
import { AppError } from '../../../../contract/errors.ts'
import { parseCanonicalJson } from '../../base/canonical-json.ts'
import { Signatures } from '../../base/signed-value.ts'

/** A catalogue and its signatures in one file, for whoever can hand over only one. */
const Envelope = z.object({ catalogue: z.json(), signatures: Signatures.shape.signatures })

/** `json` is what was signed, to the last key; nothing of it is believed yet. */
export interface SignedCatalogue {
  json: unknown
  signatures: Signatures
}

/** Takes one with its signatures inside; null when it has none. @throws AppError catalogue_unreadable {detail} */
export function parseEnvelope(text: string): SignedCatalogue | null {
  if (Buffer.byteLength(text) > mostCatalogueBytes) throw unreadableCatalogue('too big')
  const envelope = Envelope.safeParse(parseJson(text))
  if (!envelope.success) return null
  const { catalogue, signatures } = envelope.data
  return { json: catalogue, signatures: { signatures } }
}

/** Takes one with its signatures beside it. @throws AppError catalogue_unreadable {detail}, catalogue_unsigned */
export function parseDetached(text: string, signatureText: string): SignedCatalogue {
  const signatures = Signatures.safeParse(parseJson(signatureText))
  if (!signatures.success) throw unsigned()
  return { json: parseJson(text), signatures: signatures.data }
}

/** Both in one, as a bundle carries them. */
export function envelopeOf({ json, signatures }: SignedCatalogue): string {
  return JSON.stringify({ catalogue: json, signatures: signatures.signatures })
}

/**
 * Reads a catalogue with its signatures inside, or beside it under the same name and `.sig`.
 * @throws AppError catalogue_unreadable {detail}, catalogue_unsigned, file_unreadable
 */
export async function readCatalogueFile(path: string): Promise<SignedCatalogue> {
  const text = await readBounded(path)
  const whole = parseEnvelope(text)
  if (whole) return whole
  const beside = await readBounded(`${path}.sig`).catch(() => null)
  if (beside === null) throw unsigned()
  return parseDetached(text, beside)
}

/** @throws AppError catalogue_unreadable {detail} */
export function parseCatalogue(json: unknown): Catalogue {
  const parsed = Catalogue.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw unreadableCatalogue(issue ? `${issue.path.join('.')}: ${issue.message}` : '')
  }
  const ids = parsed.data.families.flatMap(({ students }) => students.map(({ id }) => id))
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw unreadableCatalogue(`${twice} stands twice`)
  return parsed.data
}

export function unreadableCatalogue(detail: string): AppError {
  return new AppError('catalogue_unreadable', `Not a catalogue: ${detail}`, { detail })
}

/** @throws AppError catalogue_expired {at} */
export function refuseExpired({ expiresAt }: Catalogue, now: number): void {
  const at = Date.parse(expiresAt)
  if (at <= now) throw new AppError('catalogue_expired', 'Its time is over', { at })
}

function unsigned(): AppError {
  return new AppError('catalogue_unsigned', 'No signatures inside or beside it')
}

/** @throws AppError catalogue_unreadable {detail} */
export function parseJson(text: string): unknown {
  try {
    return parseCanonicalJson(text)
  } catch {
    throw unreadableCatalogue('no JSON')
  }
}

async function readBounded(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) throw new AppError('file_unreadable', 'The file cannot be read')
  if (found.size > mostCatalogueBytes) throw unreadableCatalogue('too big')
  return readFile(path, 'utf8')
}
