/** Walls of the operating system: which one is chosen, and that what runs in them gets nothing. Those that this system has not are said aloud and left out. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Walls } from '../../../contract/walls.ts'
import { connect, type Frame } from '../../../contract/link.ts'
import {
  bwrapConfinement,
  exitOf,
  findConfinement,
  noConfinement,
  seatbeltConfinement,
  unshareConfinement,
  whyRefused,
  type Confinement,
} from '../../../electron/host/base/confinement.ts'
import type { ExitReason, WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { engineContract } from '../../../electron/engine/contract.ts'
import { forkReader } from '../../../electron/host/workspaces/ingest/fork-reader.ts'
import { seatbeltProfile } from '../../../electron/host/base/seatbelt-profile.ts'
import { asChecked } from '../../fixtures/checked-path.ts'
import { childrenOf, isRunning } from '../../fixtures/process-tree.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { launchReader, testModels } from '../../fixtures/test-host.ts'

const root = join(import.meta.dirname, '../../..')
const hostile = join(root, 'test/fixtures/hostile-worker.ts')
const engine = join(root, 'electron/engine/engine.ts')
const none = noConfinement(null)
const noData = { cmap: '', font: '', decoder: '', recogniser: '', language: '' }
const works = async (confinement: Confinement): Promise<boolean> => {
  const found = await findConfinement('linux', async (tried) => {
    if (tried.means !== confinement.means) return 'fails'
    const [file, words] = tried.command(process.execPath, ['--version'], { program: [], reads: [], writes: [], card: true })
    return new Promise((resolve) => {
      const child = spawn(file, words, { stdio: 'ignore' })
      child.on('error', () => resolve('missing'))
      child.on('exit', (code) => resolve(code === 0 ? 'works' : 'fails'))
    })
  })
  return found.means === confinement.means
}
const isLinux = process.platform === 'linux'
const hasBwrap = isLinux && (await works(bwrapConfinement()))
const hasUnshare = isLinux && (await works(unshareConfinement('refused')))
process.stderr.write(
  `\nWALLS TRIED HERE: bwrap ${hasBwrap ? 'stands' : 'DOES NOT STAND, its tests are left out'}, unshare ${hasUnshare ? 'stands' : 'DOES NOT STAND, its tests are left out'}\n`,
)

let folder: string
let server: Server
let connections = 0
const started: WorkerProcess[] = []

beforeAll(async () => {
  // The worker without walls gets through with it.
  process.on('SIGUSR1', () => undefined)
  // Not in memory, where the other tests' folders may be: a view has a /dev of its own, in which anything may be written and nobody sees it.
  folder = mkdtempSync(isLinux ? '/tmp/alambic-walls-' : join(tmpdir(), 'alambic-walls-'))
  mkdirSync(join(folder, 'kept'))
  writeFileSync(join(folder, 'secret'), 'a secret')
  if (isLinux) writeFileSync(join('/dev/shm', basename(folder)), 'a secret')
  server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  for (const worker of started.splice(0)) worker.kill()
})
afterAll(() => {
  server.close()
  rmSync(join('/dev/shm', basename(folder)), { force: true })
  rmSync(folder, { recursive: true, force: true })
})

function keep(worker: WorkerProcess): WorkerProcess {
  started.push(worker)
  return worker
}

function wallsOf(worker: WorkerProcess): Promise<Walls> {
  return new Promise((resolve) => keep(worker).onWalls?.(resolve))
}

/** What became of each way out. */
function attempts(worker: WorkerProcess): Promise<{ outcomes: Record<string, string>; core: string[] }> {
  const prey = { port: (server.address() as AddressInfo).port, hostPid: process.pid, secret: join(folder, 'secret'), folder }
  return new Promise((resolve) => {
    keep(worker).port.onFrame((frame) => {
      const said = frame as unknown as { t: string; outcomes: Record<string, string>; core: string[] }
      if (said.t === 'outcomes') resolve(said)
    })
    worker.port.send({ prey } as unknown as Frame)
  })
}

const done = (outcomes: Record<string, string>): string[] =>
  Object.entries(outcomes)
    .filter(([, outcome]) => outcome === 'DONE')
    .map(([name]) => name)

describe('what is chosen', () => {
  const having =
    (...standing: string[]) =>
    ({ means }: Confinement) =>
      Promise.resolve(standing.includes(means) ? ('works' as const) : ('fails' as const))

  test.each([
    ['linux', ['bwrap', 'unshare'], 'bwrap', null],
    ['linux', ['unshare'], 'unshare', expect.any(String)],
    ['linux', [], 'none', expect.any(String)],
    ['darwin', ['seatbelt'], 'seatbelt', null],
    ['darwin', [], 'none', 'refused'],
    ['win32', ['bwrap'], 'none', 'unsupported'],
  ] as const)('on %s where %j stand: %s', async (platform, standing, means, trouble) => {
    expect(await findConfinement(platform, having(...standing))).toMatchObject({ means, trouble })
  })

  test('a program that is not there is told apart from one that fails (bug: “install bubblewrap” where AppArmor refuses it)', async () => {
    const missing = ({ means }: Confinement) => Promise.resolve(means === 'bwrap' ? ('missing' as const) : ('works' as const))
    expect(await findConfinement('linux', missing)).toMatchObject({ means: 'unshare', trouble: 'not_installed' })
  })

  test.each([
    [{ '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1' }, 'restricted'],
    [{ '/proc/sys/kernel/unprivileged_userns_clone': '0' }, 'switched_off'],
    [{ '/proc/sys/user/max_user_namespaces': '0' }, 'switched_off'],
    [{ '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '0', '/proc/sys/user/max_user_namespaces': '96365' }, 'refused'],
    [{}, 'refused'],
  ] as const)('with the kernel’s settings %j the reason is %s', (settings: Record<string, string>, trouble) => {
    expect(whyRefused((path) => settings[path] ?? null)).toBe(trouble)
  })

  test('the profile for macOS refuses all but what is named, and no path breaks out of its quotes', () => {
    const view = { program: ['/Applications/A "b".app\\c'], reads: ['/models'], writes: ['/data/states'], card: false }
    const profile = seatbeltProfile('/node', view)
    expect(profile).toMatch(/^\(version 1\)\n\(deny default\)\n\(deny network\*\)/)
    expect(profile).toContain('(subpath "/Applications/A \\"b\\".app\\\\c")')
    expect(profile).toContain('(allow signal (target self))')
    expect(profile).toContain('(allow file-read* file-write* (subpath "/data/states"))')
    expect(profile).not.toMatch(/file-write\*[^\n]*models|iokit|allow network|allow default/)
    expect(seatbeltProfile('/node', { ...view, writes: [] })).not.toContain('file-write*')
    // Brackets in pairs, outside of strings.
    const bare = profile.replaceAll(/"(\\.|[^"\\])*"/g, '')
    expect(bare.split('(').length).toBe(bare.split(')').length)
    expect(seatbeltConfinement().command('/node', ['x.js'], view)).toEqual([
      '/usr/bin/sandbox-exec',
      ['-p', profile, '/node', 'x.js'],
    ])
  })

  test.each([
    [['null', 'tty0', 'nvram', 'video0', 'driver'], []],
    [['null', 'dri'], ['/dev/dri']],
    [
      ['kfd', 'dri'],
      ['/dev/dri', '/dev/kfd'],
    ],
    [['dxg'], ['/dev/dxg']],
    [
      ['nvidia17', 'nvidiactl', 'nvidia-uvm', 'nvidia-uvm-tools', 'nvidia-caps', 'nvidia-modeset', 'nvidia-fs0'],
      ['nvidia-caps', 'nvidia-modeset', 'nvidia-uvm', 'nvidia-uvm-tools', 'nvidia17', 'nvidiactl'].map((name) => `/dev/${name}`),
    ],
  ])('of the devices %j a worker that computes is shown %j, and the drivers’ files with them', (names, devices) => {
    const confinement = bwrapConfinement(() => names)
    expect(confinement.card).toBe(devices.length > 0)
    const view = { program: ['/program'], reads: [], writes: [], card: true }
    const [, words] = confinement.command('/node', ['x.js'], view)
    const bound = (how: string): string[] => words.filter((_word, at) => words[at - 1] === how)
    expect(bound('--dev-bind-try')).toEqual(devices)
    expect(bound('--ro-bind-try').includes('/etc/alternatives')).toBe(devices.length > 0)
    // The processors are seen in any case, the rest of the machine only with a card.
    expect(bound('--ro-bind-try').filter((path) => path.startsWith('/sys'))).toEqual([
      devices.length > 0 ? '/sys' : '/sys/devices/system',
    ])
    const [, others] = confinement.command('/node', ['x.js'], { ...view, card: false })
    expect(others.some((word) => word.startsWith('/sys') || word.startsWith('/dev/') || word === '/etc/vulkan')).toBe(false)
    // What is bound there comes after the folder of devices is made, or it would be hidden again.
    if (devices.length > 0) expect(words.indexOf('--dev-bind-try')).toBeGreaterThan(words.indexOf('--dev'))
  })

  test('a worker that was ended by a signal inside its walls is told as one', () => {
    expect(exitOf(bwrapConfinement(), 137, null)).toEqual({ code: null, signal: 'SIGKILL' })
    expect(exitOf(bwrapConfinement(), 7, null)).toEqual({ code: 7, signal: null })
    expect(exitOf(none, 137, null)).toEqual({ code: 137, signal: null })
  })
})

describe.runIf(isLinux)('a worker that was taken over', () => {
  const view = { reads: [], writes: [] }

  test('without walls gets everything: the attempts below are real', async () => {
    const { outcomes, core } = await attempts(forkTestEngine(hostile, view, none))
    expect(done(outcomes)).toEqual(Object.keys(outcomes))
    expect(core).toEqual(['0', '0'])
    rmSync(join(folder, 'left'), { force: true })
  })

  test.runIf(hasBwrap)('in bwrap gets nothing', async () => {
    const before = connections
    const { outcomes, core } = await attempts(forkTestEngine(hostile, view, bwrapConfinement()))
    expect(done(outcomes)).toEqual([])
    expect(Object.keys(outcomes).length).toBeGreaterThan(10)
    expect(core).toEqual(['0', '0'])
    expect([connections, existsSync(join(folder, 'left'))]).toEqual([before, false])
  })

  test.runIf(hasBwrap)('as a reader in bwrap gets nothing either', async () => {
    const parts = ['test/fixtures', 'contract', 'package.json', 'node_modules'].map((part) => join(root, part))
    const { outcomes } = await attempts(forkReader(hostile, parts, noData, bwrapConfinement()))
    expect(done(outcomes)).toEqual([])
  })

  test.runIf(hasUnshare)('in unshare reaches no network and no process', async () => {
    const { outcomes } = await attempts(forkTestEngine(hostile, view, unshareConfinement('refused')))
    const reached = done(outcomes)
    for (const way of ['a connection', 'a connection to what listens here', 'a signal to the host', 'a debugger in the host'])
      expect(reached).not.toContain(way)
    expect(reached).not.toContain('the names of other programs')
    rmSync(join(folder, 'left'), { force: true })
  })
})

describe.runIf(isLinux)('what the workers find out', () => {
  const runtimeOnly: Walls = { network: 'runtime', files: 'runtime', processes: 'runtime' }
  const kernel: Walls = { network: 'kernel', files: 'kernel', processes: 'kernel' }

  test('without walls: their closed doors hold', async () => {
    expect(await wallsOf(launchReader())).toEqual(runtimeOnly)
    expect(await wallsOf(forkTestEngine(engine, { reads: [], writes: [] }))).toEqual(runtimeOnly)
  })

  test('with a door left open: nothing holds, and nobody says so (bug: a wall that is only claimed)', async () => {
    expect(await wallsOf(forkTestEngine(engine, { reads: ['/'], writes: [] }))).toEqual({ ...runtimeOnly, files: 'none' })
  })

  test.runIf(hasBwrap)('in bwrap: the operating system holds both', async () => {
    expect(await wallsOf(launchReader(bwrapConfinement()))).toEqual(kernel)
    expect(await wallsOf(forkTestEngine(engine, { reads: [], writes: [] }, bwrapConfinement()))).toEqual(kernel)
  })

  test.runIf(hasUnshare)('in unshare: all but the files', async () => {
    expect(await wallsOf(launchReader(unshareConfinement('refused')))).toEqual({ ...kernel, files: 'runtime' })
  })
})

describe.runIf(hasBwrap)('an engine in bwrap', () => {
  test('loads what it sees and nothing else, keeps a context and takes it up (bug: walls that nothing works in)', async () => {
    const { english, trades } = testModels()
    const worker = keep(forkTestEngine(engine, { reads: [english.path], writes: [join(folder, 'kept')] }, bwrapConfinement()))
    const client = connect(worker.port, engineContract)
    const load = async (path: string, modelId: string): Promise<string[]> => {
      const types: string[] = []
      for await (const { type } of client.engine.load({ modelId, path: asChecked(path), threads: 1, backend: 'cpu' }))
        types.push(type)
      return types
    }
    expect((await load(english.path, 'seen')).at(-1)).toBe('loaded')
    await expect(load(trades.path, 'unseen')).rejects.toMatchObject({ code: 'engine_failed' })
    await client.engine.open({ studentId: 's', modelId: 'seen', adapterPath: null, contextTokens: 512, draftId: null })
    const kept = { studentId: 's', path: join(folder, 'kept', 'state'), key: '07'.repeat(32), label: 'label' }
    await client.engine.keep(kept)
    expect(existsSync(kept.path)).toBe(true)
    await client.engine.recall(kept)
    await expect(client.engine.keep({ ...kept, path: join(folder, 'elsewhere') })).rejects.toMatchObject({
      code: 'state_not_kept',
    })
  })
})

describe.runIf(isLinux)('its end', () => {
  const exit = (worker: WorkerProcess): Promise<ExitReason> => new Promise((resolve) => worker.onExit(resolve))

  test.each([
    ['bwrap', hasBwrap, bwrapConfinement()],
    ['unshare', hasUnshare, unshareConfinement('refused')],
  ] as const)(
    'in %s: a kill of the walls is the worker’s, and its own death is told with its signal',
    async (_name, stands, walls) => {
      if (!stands) return
      const first = forkTestEngine(hostile, { reads: [], writes: [] }, walls)
      await attempts(first)
      const pid = first.pid ?? 0
      expect(childrenOf(process.pid)).not.toContain(pid)
      first.kill()
      await exit(first)
      // Its memory and its line are gone by now; the kernel takes it off the list a moment later.
      await expect.poll(() => isRunning(pid)).toBe(false)

      const second = forkTestEngine(hostile, { reads: [], writes: [] }, walls)
      await attempts(second)
      process.kill(second.pid ?? 0, 'SIGKILL')
      expect(await exit(second)).toEqual({ code: null, signal: 'SIGKILL' })
      expect(second.pid).toBeUndefined()
    },
  )

  test.runIf(hasBwrap)('a host that is killed takes a worker along that is deaf to it', async () => {
    const program = join(folder, 'host.ts')
    writeFileSync(
      program,
      `import { forkTestEngine } from ${JSON.stringify(join(root, 'test/fixtures/test-engine.ts'))}
      import { bwrapConfinement } from ${JSON.stringify(join(root, 'electron/host/base/confinement.ts'))}
      const worker = forkTestEngine(${JSON.stringify(hostile)}, { reads: [], writes: [] }, bwrapConfinement())
      worker.port.onFrame(() => console.log(worker.pid))
      worker.port.send({ prey: { port: 1, hostPid: 1, secret: '/x/y', folder: '/x' } })`,
    )
    const host = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = Number(await new Promise((resolve) => host.stdout.once('data', resolve)))
    expect(isRunning(pid)).toBe(true)
    host.kill('SIGKILL')
    await expect.poll(() => isRunning(pid)).toBe(false)
  })
})
