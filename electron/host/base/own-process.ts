/** What the host, and the vault's own process, do for themselves, however they were started. */
import { writeFileSync } from 'node:fs'

/**
 * No signal opens a debugger in it, and a dump of it has no memory in it: it has the keys. Node's `--disable-sigusr1` says the same from
 * outside, and in Electron's first process a fuse does; whoever starts the program by hand may forget both.
 */
export function guardOwnProcess(): void {
  // A listener takes the signal away from Node's inspector. Windows has no such signal.
  if (process.platform !== 'win32') process.on('SIGUSR1', () => undefined)
  if (process.platform !== 'linux') return
  try {
    // Kinds of mappings in a dump (core(5)): none. Whatever this process starts inherits it.
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // A container may have no such file; the size of dumps is then the system's business.
  }
}
