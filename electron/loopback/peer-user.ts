/** Whose program is at the other end of a connection on this machine, where the system tells it: Linux writes the user of each socket down. */
import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'

/** The two ends of a connection as our end sees them. */
export interface Ends {
  remoteAddress?: string | undefined
  remotePort?: number | undefined
  localAddress?: string | undefined
  localPort?: number | undefined
}

/**
 * The number of the user whose socket is at the other end; `gone` when there is no such socket any more, null where the system does not say.
 * Source: proc_net_tcp(5): the second and third column are the socket's own and its peer's address, the eighth its user.
 * @param read gives a table of the kernel's, or throws where there is none
 */
export function peerUser(ends: Ends, read = (path: string): string => readFileSync(path, 'utf8')): number | 'gone' | null {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = ends
  let told = false
  for (const [path, prefix] of tables) {
    try {
      const table = read(path)
      told = true
      const own = `${prefix}${hexAddress(remoteAddress)}:${hexPort(remotePort)}`
      const peer = `${prefix}${hexAddress(localAddress)}:${hexPort(localPort)}`
      for (const line of table.split('\n')) {
        const [, from, to, , , , , user] = line.trim().split(/\s+/)
        if (from === own && to === peer && user !== undefined) return Number(user)
      }
    } catch {
      continue
    }
  }
  return told ? 'gone' : null
}

/** False when the system says that another user's program is at the other end. */
export function isOwnUser(socket: Ends): boolean {
  const own = process.getuid?.()
  if (own === undefined) return true
  // Asked twice: a row can be missed while the kernel's table changes under the reader.
  const first = peerUser(socket)
  const user = first === 'gone' ? peerUser(socket) : first
  return user === null || user === own
}

/** A program may reach 127.0.0.1 through a socket of either family; the second holds IPv4 addresses in their IPv6 form. */
const tables = [
  ['/proc/net/tcp', ''],
  ['/proc/net/tcp6', `0000000000000000${endianness() === 'LE' ? 'FFFF0000' : '0000FFFF'}`],
] as const

/** As the kernel prints it: four bytes as one number in the machine's own order. */
function hexAddress(address: string): string {
  const bytes = address.split('.').map(Number)
  if (endianness() === 'LE') bytes.reverse()
  return bytes
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}

function hexPort(port: number): string {
  return port.toString(16).padStart(4, '0').toUpperCase()
}
