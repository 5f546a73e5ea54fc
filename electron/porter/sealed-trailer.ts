/** The trailer of an exported workspace, opened with its passphrase. Its costs were chosen by whoever made it, and are bounded before anything is computed. */
import { createDecipheriv } from 'node:crypto'
import { argon2id } from 'hash-wasm'
import { AppError } from '../../contract/errors.ts'
import { trailerMagic, TrailerContents, WorkspaceTrailer, AnyTrailer } from './contract.ts'

const nonceBytes = 12
const tagBytes = 16

/**
 * What the passphrase opens; the key is for the caller to wipe.
 * @throws AppError workspace_file_malformed, workspace_file_newer, wrong_passphrase
 */
export async function unsealTrailer(json: string, passphrase: string): Promise<TrailerContents> {
  const parsed = parseJson(json)
  if ((AnyTrailer.safeParse(parsed).data?.version ?? 0) > 1) throw new AppError('workspace_file_newer', 'Of a later version')
  const trailer = WorkspaceTrailer.safeParse(parsed)
  if (!trailer.success) throw malformed()
  const { cost, salt, box: sealed } = trailer.data
  const wrappingKey = await argon2id({
    // The same characters typed on another keyboard may arrive in another form.
    password: passphrase.normalize('NFKC'),
    salt: Buffer.from(salt, 'base64'),
    memorySize: cost.memoryKib,
    iterations: cost.passes,
    parallelism: cost.lanes,
    hashLength: 32,
    outputType: 'binary',
  })
  const box = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, box.subarray(0, nonceBytes), { authTagLength: tagBytes })
  wrappingKey.fill(0)
  decipher.setAAD(Buffer.from(trailerMagic))
  decipher.setAuthTag(box.subarray(-tagBytes))
  const text = decipher.update(box.subarray(nonceBytes, -tagBytes))
  try {
    decipher.final()
  } catch {
    throw new AppError('wrong_passphrase', 'The passphrase does not open this file')
  }
  const contents = TrailerContents.safeParse(parseJson(text.toString()))
  text.fill(0)
  if (!contents.success) throw malformed()
  return contents.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed()
  }
}

function malformed(): AppError {
  return new AppError('workspace_file_malformed', 'Not an exported workspace')
}
