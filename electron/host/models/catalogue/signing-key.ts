/** Reads the private key that an administrator signs with, from the file where it is kept. It is never copied or kept here. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { open } from 'node:fs/promises'
import { AppError } from '../../../../contract/errors.ts'
import { unreadable } from '../library/model-files.ts'

/** Far above any ed25519 key in PEM. */
const mostBytes = 16 * 1024

/** @throws AppError key_unusable when it is no ed25519 key, or is behind a passphrase; file_unreadable */
export async function readSigningKey(path: string): Promise<KeyObject> {
  const file = await open(path, 'r').catch(unreadable)
  const pem = Buffer.alloc(mostBytes)
  try {
    const { bytesRead } = await file.read(pem, 0, mostBytes, 0).catch(unreadable)
    const key = createPrivateKey(pem.subarray(0, bytesRead))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('key_unusable', 'Not a private key in PEM', undefined, { cause: error })
  } finally {
    pem.fill(0)
    await file.close()
  }
  throw new AppError('key_unusable', 'Only ed25519 keys sign here')
}
