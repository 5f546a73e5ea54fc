/** Which file on disk it is, and in which state: what changes whenever the file is written, replaced or given another time. */
import { z } from 'zod'

/** Whole numbers of 64 bits are decimal texts: JSON has no such numbers. */
const Whole = z.string().regex(/^-?\d+$/)

/** As the system tells it. Anybody can put `modifiedNs` back; `changedNs` is set by the system alone, to the time of the last change of any kind. */
export const FileIdentity = z.object({
  device: Whole,
  inode: Whole,
  sizeBytes: z.number().int().nonnegative(),
  /** Nanoseconds since 1970. */
  modifiedNs: Whole,
  changedNs: Whole,
})
export type FileIdentity = z.infer<typeof FileIdentity>

/** What Node's `stat` says with `bigint: true`. */
interface ExactStats {
  dev: bigint
  ino: bigint
  size: bigint
  mtimeNs: bigint
  ctimeNs: bigint
}

export function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: ExactStats): FileIdentity {
  return {
    device: String(dev),
    inode: String(ino),
    sizeBytes: Number(size),
    modifiedNs: String(mtimeNs),
    changedNs: String(ctimeNs),
  }
}

/** The same file, and nothing has touched it in between. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return identityText(one) === identityText(other)
}

/** One line that is the same for the same file in the same state, to be kept. */
export function identityText({ device, inode, sizeBytes, modifiedNs, changedNs }: FileIdentity): string {
  return [device, inode, sizeBytes, modifiedNs, changedNs].join(' ')
}
