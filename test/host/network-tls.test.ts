// The door's own view of certificates. The bug it would catch: NODE_TLS_REJECT_UNAUTHORIZED=0, as somebody's shell has it, lets any server in.
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Network } from '../../electron/host/network.ts'
import { Vault } from '../../electron/host/vault/vault.ts'
import { HubServer } from '../fixtures/hub-server.ts'
import { MemoryKeychain } from '../fixtures/memory-keychain.ts'
import { networkParts } from '../fixtures/network-parts.ts'
import { makeCertificates } from '../fixtures/test-certificates.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'

const { authority, identity } = makeCertificates()
let hub: HubServer
let vault: Vault
let proxy: string
const proxyServer = createServer().on('connect', (request, client) => {
  const [host = '', port = ''] = (request.url ?? '').split(':')
  const server = connect(Number(port), host, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    server.pipe(client).pipe(server)
  })
  for (const socket of [client, server]) socket.on('error', () => [client, server].forEach((each) => each.destroy()))
})

beforeAll(async () => {
  hub = await HubServer.start(Buffer.from('a body'), identity)
  await new Promise<void>((resolve) => proxyServer.listen(0, '127.0.0.1', resolve))
  proxy = `http://127.0.0.1:${(proxyServer.address() as AddressInfo).port}`
  vault = new Vault({ dataFolder: join(temporaryFolder(), 'data'), keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
})
afterAll(async () => {
  await hub.close()
  proxyServer.closeAllConnections()
  proxyServer.close()
  await vault.close()
})
beforeEach(() => vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0'))
afterEach(() => vi.unstubAllEnvs())

test.each(['directly', 'through a proxy'])('a server that nobody vouches for is not one to talk to, %s', async (way) => {
  for (const certificates of ['', authority]) {
    const { settings, desk } = networkParts({ proxy: way === 'directly' ? '' : proxy, certificates })
    const network = new Network({ database: vault.main, settings, desk, now: Date.now })
    const grant = await network.grants.ask({ purpose: 'catalogue', address: hub.address })
    const asked = network.get(`${hub.address}/file`, { grant, signal: new AbortController().signal })
    if (certificates === '') await expect(asked).rejects.toMatchObject({ code: 'network_untrusted' })
    else (await asked).close()
    network.close()
  }
})
