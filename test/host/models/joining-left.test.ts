/** Joined pieces of models are gigabytes: what a kill left of them in the folder of a bundle goes when the next one is made there, and nobody else's. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeBundle } from '../../../electron/host/models/bundles/make-bundle.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

const machine = hostname().replace(/[^A-Za-z0-9]/g, '')

test('what a killed export left goes with the next one; that of one which is at work, or of another machine, stays', async () => {
  const into = temporaryFolder()
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  const left = [`.joining-${machine}-${child.pid}-abcdef`, '.joining-abcdef']
  const stays = [
    `.joining-${machine}-${process.pid}-abcdef`,
    `.joining-another${machine}-${child.pid}-abcdef`,
    '.joining of mine',
  ]
  for (const name of [...left, ...stays]) {
    mkdirSync(join(into, name))
    writeFileSync(join(into, name, 'joined.gguf'), 'gigabytes')
  }
  await expect(makeBundle({ files: [], into, name: 'Bundle', keyPath: null })).rejects.toMatchObject({ code: 'invalid_input' })
  expect(readdirSync(into).sort()).toEqual(stays.sort())
})
