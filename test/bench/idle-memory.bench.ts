// Idle memory of the host without a model: the resident set of the process behind the loopback skin, locked out and unlocked, beside bare Node.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { serveAlambic } from '../fixtures/browser.ts'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { personal, temporaryFolder } from '../fixtures/test-host.ts'

const restMs = 3000
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, restMs))
/** Resident megabytes of a process. */
function residentMb(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

const node = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'])
const served = await serveAlambic(temporaryFolder())
await rest()
const bareMb = residentMb(node.pid)
const lockedMb = residentMb(served.process.pid)
const { client, close } = await connectLoopback(served.url)
await client.vault.create({ kind: 'passphrase', passphrase: 'a bench has no secrets' })
await personal(client)
await rest()
const openMb = residentMb(served.process.pid)
console.log(
  `idle host: ${lockedMb.toFixed(0)} MB before the vault, ${openMb.toFixed(0)} MB with it open; bare Node ${bareMb.toFixed(0)} MB, ratio ${(openMb / bareMb).toFixed(2)}`,
)
await close()
await served.stop()
node.kill()
