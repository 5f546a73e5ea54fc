// What the machine computes on, and what becomes of a backend that lies, crashes or hangs. Real processes of their own; the processor is
// tried through the real llama.cpp. The bugs it would catch: a driver that crashes at every start, one that computes nonsense, a
// hang that takes the application along.
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import type { HardwareState } from '../../../contract/entities.ts'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import {
  driversOfWindows,
  powerOfLinux,
  powerOfMac,
  powerOfWindows,
  processorName,
  swapOf,
} from '../../../electron/host/runtime/machine-facts.ts'
import { withCard } from '../../../electron/host/runtime/memory.ts'
import { probeModel } from '../../fixtures/gguf/make-probe-model.ts'
import { policyReading } from '../../fixtures/policies.ts'
import { present, startTestHost, until, type TestHost } from '../../fixtures/test-host.ts'

const engineEntry = join(import.meta.dirname, '../../../electron/engine/engine.ts')
const standIn = join(import.meta.dirname, '../../fixtures/probe-child.ts')
let room: TestHost
/** The one that is still open. */
let open: TestHost | null = null
afterEach(async () => {
  await open?.close()
  open = null
})

/** How the stand-in processes behave, by backend; the processor's are real. */
let behaviour: Record<string, string> = {}
let launches: string[] = []
let driver = 'driver 1'

/** An engine process that decides at its first question what it is: the real one for the processor, else a stand-in. */
function launch(): WorkerProcess {
  const real = forkTestEngine(engineEntry)
  let current = real
  const exits: ((reason: { code: number | null; signal: string | null }) => void)[] = []
  const closes: (() => void)[] = []
  let listener: (frame: never) => void = () => undefined
  real.port.onFrame((frame) => listener(frame as never))
  return {
    ...real,
    get pid() {
      return current.pid
    },
    port: {
      ...real.port,
      send: (frame) => {
        const backend = /"backend":"(\w+)"/.exec(JSON.stringify(frame))?.[1]
        if (backend) launches.push(backend)
        const how = backend && behaviour[backend]
        if (how) {
          real.kill()
          current = forkTestEngine(standIn)
          current.port.onFrame((answer) => listener(answer as never))
          current.onExit((reason) => {
            for (const exit of exits) exit(reason)
            for (const close of closes) close()
          })
          current.port.send({ how } as never)
        }
        current.port.send(frame)
      },
      onFrame: (hear) => (listener = hear),
      onClose: (hear) => closes.push(hear),
    },
    onExit: (hear) => {
      exits.push(hear)
      real.onExit((reason) => {
        if (current === real) hear(reason)
      })
    },
    kill: () => current.kill(),
  }
}

async function start(how: Record<string, string>, more: Parameters<typeof startTestHost>[0] = {}): Promise<void> {
  behaviour = how
  launches = []
  room = open = await startTestHost({
    launchEngine: launch,
    triesHardware: true,
    hardwareLimits: { deadlineMs: Object.values(how).includes('hang') ? 8_000 : 120_000, drivers: () => Promise.resolve(driver) },
    ...more,
  })
  if ((await present(room.client.vault.state({}))).phase === 'new') await room.client.vault.create({ kind: 'keychain' })
  else await room.client.vault.unlock({})
}
const tried = (): Promise<HardwareState> =>
  until(room.client.runtime.hardware({}), ({ backends, trying }) => backends.length === 3 && trying === null)
const outcomes = ({ backends }: HardwareState) => Object.fromEntries(backends.map(({ backend, outcome }) => [backend, outcome]))

describe.runIf(process.platform !== 'darwin')('backends', () => {
  test('as they are here: the processor works, with its instruction sets', async () => {
    await start({})
    const state = await tried()
    expect(outcomes(state)['cpu']).toBe('works')
    expect(state.processor.instructionSets.length).toBeGreaterThan(2)
    expect(state.processor.cores).toBeGreaterThan(0)
    for (const backend of ['cuda', 'vulkan']) expect(outcomes(state)[backend]).toMatch(/^(works|not_installed|no_device|failed)$/)
  })

  test('one that read another file than the one that was put there is not believed', async () => {
    await start({ cuda: 'other', vulkan: 'right' })
    const state = await tried()
    expect(outcomes(state)).toEqual({ cuda: 'failed', vulkan: 'works', cpu: 'works' })
  })

  test('one that crashes and one that hangs are told apart, and remembered until the driver changes', async () => {
    await start({ cuda: 'crash', vulkan: 'hang' })
    expect(outcomes(await tried())).toEqual({ cuda: 'crashed', vulkan: 'hung', cpu: 'works' })
    expect((await tried()).chosen).toBe('cpu')
    const { dataFolder, keychain } = room
    await room.close()

    await start({ cuda: 'right', vulkan: 'right' }, { dataFolder, keychain })
    expect(outcomes(await tried())).toEqual({ cuda: 'crashed', vulkan: 'hung', cpu: 'works' })
    expect(launches).toEqual([])
    await room.client.runtime.tryHardware({})
    expect(outcomes(await tried())).toEqual({ cuda: 'works', vulkan: 'works', cpu: 'works' })
    await room.close()

    driver = 'driver 2'
    await start({ cuda: 'crash', vulkan: 'wrong' }, { dataFolder, keychain })
    expect(outcomes(await tried())).toEqual({ cuda: 'crashed', vulkan: 'wrong', cpu: 'works' })
  })

  test('the best that computes rightly is chosen, and a wish for one that works is kept', async () => {
    await start({ cuda: 'wrong', vulkan: 'right' })
    expect((await tried()).chosen).toBe('vulkan')
    expect((await tried()).backends.find(({ backend }) => backend === 'vulkan')).toMatchObject({ devices: ['Stand-in card'] })
    await room.client.settings.set({ backend: 'cpu' })
    await until(room.client.runtime.hardware({}), ({ chosen }) => chosen === 'cpu')
    await room.client.settings.set({ backend: 'cuda' })
    expect((await tried()).chosen).toBe('cpu')
  })

  test('an administrator’s choice is kept whoever wishes otherwise, and one that cannot be understood is the processor', async () => {
    const fixed = (value: string) => ({
      policies: () => policyReading({ Backend: value }),
    })
    await start({ cuda: 'right', vulkan: 'right' }, fixed('vulkan'))
    expect((await tried()).chosen).toBe('vulkan')
    await expect(room.client.settings.set({ backend: 'cpu' })).rejects.toMatchObject({ code: 'managed' })
    await room.close()
    await start({ cuda: 'right', vulkan: 'right' }, fixed('the quick one'))
    expect((await tried()).chosen).toBe('cpu')
  })

  test('memory of the card that is chosen counts, and makes room for what the machine alone has none for', async () => {
    await start({ vulkan: 'right' }, { memory: () => ({ totalBytes: 16e9, freeBytes: 2e9 }) })
    await tried()
    const fit = async (verdict: string): Promise<unknown> => {
      const id = 'llama-3.1-8b-instruct-q4_k_m'
      return (await until(room.client.runtime.fits({}), (fits) => fits[id]?.verdict === verdict))[id]
    }
    // The stand-in's card has 8 GB, of which 7 are free.
    expect(await fit('fits')).toMatchObject({ freeBytes: 9e9 })
    const { memory } = await until(room.client.runtime.state({}), ({ memory: { cardBytes } }) => cardBytes > 0)
    expect(memory).toEqual({ totalBytes: 24e9, freeBytes: 9e9, cardBytes: 8e9 })
    await room.client.settings.set({ backend: 'cpu' })
    expect(await fit('too_big')).toMatchObject({ freeBytes: 2e9 })
  })

  test('what the engine holds is reckoned to be on the card until that is full', () => {
    const machine = { totalBytes: 16, freeBytes: 10 }
    const card = { totalBytes: 8, freeBytes: 7 }
    expect([0, 5, 9].map((heldBytes) => withCard(machine, card, heldBytes).freeBytes)).toEqual([17, 12, 10])
    expect(withCard(machine, null, 5)).toEqual({ ...machine, cardBytes: 0 })
  })
})

test('the small model that backends are tried with is the one that its maker makes', () => {
  const path = join(import.meta.dirname, '../../../resources/probe.json')
  const { model } = JSON.parse(readFileSync(path, 'utf8')) as { model: string }
  expect(Buffer.from(model, 'base64').equals(probeModel())).toBe(true)
})

describe('what systems say', () => {
  test('a processor by its name', () => {
    expect(processorName('Intel(R) Core(TM) i7-1365U CPU @ 1.80GHz')).toBe('Intel Core i7-1365U')
    expect(processorName('AMD Ryzen 7 PRO 7840U w/ Radeon 780M Graphics')).toBe('AMD Ryzen 7 PRO 7840U w/ Radeon 780M Graphics')
  })

  test('swap, batteries and drivers', () => {
    expect(swapOf('MemTotal: 1 kB\nSwapTotal:       2097148 kB\nSwapFree:        1048574 kB\n')).toEqual({
      totalBytes: 2097148 * 1024,
      freeBytes: 1048574 * 1024,
    })
    expect(swapOf('SwapTotal: 0 kB\n')).toBeNull()
    const battery = { type: 'Battery', status: 'Discharging', online: '', capacity: '57' }
    expect(powerOfLinux([battery, { type: 'Mains', status: '', online: '0', capacity: '' }])).toEqual({
      onMains: false,
      percent: 57,
    })
    expect(
      powerOfLinux([
        { ...battery, status: 'Charging' },
        { type: 'Mains', status: '', online: '1', capacity: '' },
      ]),
    ).toEqual({ onMains: true, percent: 57 })
    expect(powerOfLinux([])).toBeNull()
    expect(
      powerOfMac(
        "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t83%; discharging; 4:12 remaining present: true\n",
      ),
    ).toEqual({ onMains: false, percent: 83 })
    expect(powerOfMac("Now drawing from 'AC Power'\n")).toBeNull()
    expect(powerOfWindows('2 100\r\n')).toEqual({ onMains: true, percent: 100 })
    expect(powerOfWindows('1 41\r\n')).toEqual({ onMains: false, percent: 41 })
    expect(powerOfWindows('')).toBeNull()
    expect(
      driversOfWindows(
        'HKEY\\0000\r\n    DriverVersion    REG_SZ    31.0.101.4502\r\n\r\nHKEY\\0001\r\n    DriverVersion    REG_SZ    32.0.15.6094\r\n',
      ),
    ).toBe('31.0.101.4502, 32.0.15.6094')
  })
})
