// A download with its checksums, flushes and rename beside curl on the same file from the same server, over loopback and TLS.
import { spawn, spawnSync } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DownloadRoom, studentFor } from '../fixtures/download-room.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { starterModels } from '../../electron/host/models/library/starter-models.ts'

const file = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const bytes = statSync(file).size
const [starter] = starterModels
const child = spawn(process.execPath, [join(import.meta.dirname, '../fixtures/hub-child.ts'), file], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line = ''] = await new Promise<string[]>((resolve) =>
  createInterface({ input: child.stdout }).once('line', (text) => resolve([text])),
)
const { address, authority } = JSON.parse(line) as { address: string; authority: string }
const folder = temporaryFolder()
writeFileSync(join(folder, 'ca.pem'), authority)

const ratios: number[] = []
for (let round = 1; round <= 5; round++) {
  let started = performance.now()
  const { status, stderr } = spawnSync('curl', [
    '-sS',
    '--cacert',
    join(folder, 'ca.pem'),
    '-o',
    join(folder, 'curl'),
    `${address}/file`,
  ])
  if (status !== 0) throw new Error(`curl failed: ${stderr.toString()}`)
  const curlMs = performance.now() - started

  const room = await new DownloadRoom({ hub: address, certificates: authority }).open()
  started = performance.now()
  await room.downloads.begin(studentFor({ sizeBytes: bytes, sha256: starter?.sha256 ?? null }))
  await room.untilDone()
  const ourMs = performance.now() - started
  await room.close()
  ratios.push(curlMs / ourMs)
  console.log(
    `round ${round}: curl ${(bytes / curlMs / 1000).toFixed(0)} MB/s, download with hash ${(bytes / ourMs / 1000).toFixed(0)} MB/s, ratio ${(curlMs / ourMs).toFixed(2)}`,
  )
}
ratios.sort((a, b) => a - b)
console.log(`download with hash ÷ curl: ${(ratios[2] ?? 0).toFixed(2)} (aim: at least 0.95)`)
child.kill()
