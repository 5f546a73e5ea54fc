/** What the system says of its machine: processor, swap, power, graphics driver. Each reader is pure over what it is given, and each system has its own. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import type { HardwareState } from '../../../contract/entities.ts'

/** Nobody waits longer for a system's own tool, in milliseconds. */
const toolMs = 5000

/** The processor's name as it is sold, without its clock and its trademarks. */
export function processorName(name: string = cpus()[0]?.model ?? ''): string {
  return name
    .replace(/\((R|TM)\)/gi, '')
    .replace(/\s+@.*$/, '')
    .replace(/\s+(CPU|Processor)\b/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Linux tells in /proc/meminfo, in kibibytes. Null when it has no swap or does not say. */
export function swapOf(meminfo: string): HardwareState['swap'] {
  const bytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024
  const totalBytes = bytes('SwapTotal')
  return totalBytes === 0 ? null : { totalBytes, freeBytes: bytes('SwapFree') }
}

/** Linux: one folder a supply under /sys/class/power_supply. Null without a battery. */
export function powerOfLinux(
  supplies: readonly { type: string; status: string; online: string; capacity: string }[],
): HardwareState['power'] {
  const battery = supplies.find(({ type }) => type === 'Battery')
  if (!battery) return null
  const mains = supplies.filter(({ type }) => type === 'Mains' || type === 'USB')
  const onMains = mains.length > 0 ? mains.some(({ online }) => online === '1') : battery.status !== 'Discharging'
  return { onMains, percent: percentOf(battery.capacity) }
}

/** macOS: what `pmset -g batt` prints. */
export function powerOfMac(printed: string): HardwareState['power'] {
  if (!printed.includes('InternalBattery')) return null
  return { onMains: printed.includes("'AC Power'"), percent: percentOf(/(\d+)%/.exec(printed)?.[1]) }
}

/** Windows: BatteryStatus and EstimatedChargeRemaining of Win32_Battery, one a line; 1 is discharging. Nothing when there is none. */
export function powerOfWindows(printed: string): HardwareState['power'] {
  const [status, charge] = printed.trim().split(/\s+/)
  if (!status) return null
  return { onMains: status !== '1', percent: percentOf(charge) }
}

function percentOf(text: string | undefined): number | null {
  const percent = Number.parseInt(text ?? '', 10)
  return percent >= 0 && percent <= 100 ? percent : null
}

/** Swap as it is now; null where the system does not say. */
export function readSwap(): HardwareState['swap'] {
  return process.platform === 'linux' ? swapOf(quietly(() => readFileSync('/proc/meminfo', 'utf8'), '')) : null
}

/** Battery or mains as it is now; null without a battery. */
export async function readPower(): Promise<HardwareState['power']> {
  if (process.platform === 'linux') {
    const folder = '/sys/class/power_supply'
    const read = (supply: string, key: string): string =>
      quietly(() => readFileSync(join(folder, supply, key), 'utf8').trim(), '')
    const supplies = quietly(() => readdirSync(folder), []).map((supply) => ({
      type: read(supply, 'type'),
      status: read(supply, 'status'),
      online: read(supply, 'online'),
      capacity: read(supply, 'capacity'),
    }))
    return powerOfLinux(supplies)
  }
  if (process.platform === 'darwin') return powerOfMac(await printedBy('/usr/bin/pmset', ['-g', 'batt']))
  const script = 'Get-CimInstance Win32_Battery | ForEach-Object { "$($_.BatteryStatus) $($_.EstimatedChargeRemaining)" }'
  return powerOfWindows(
    await printedBy(windowsTool('WindowsPowerShell\\v1.0\\powershell.exe'), [
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      script,
    ]),
  )
}

/** A name for the graphics drivers that are installed: when it changes, what crashed may work. Empty when there are none. */
export async function readDrivers(): Promise<string> {
  if (process.platform === 'linux') {
    const nvidia = quietly(() => readFileSync('/proc/driver/nvidia/version', 'utf8').split('\n')[0] ?? '', '')
    const cards = quietly(() => readdirSync('/sys/class/drm'), [])
      .filter((name) => /^card\d+$/.test(name))
      .map(
        (name) =>
          /^DRIVER=(.+)$/m.exec(quietly(() => readFileSync(join('/sys/class/drm', name, 'device', 'uevent'), 'utf8'), ''))?.[1] ??
          '',
      )
    const vulkan = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].flatMap((folder) => quietly(() => readdirSync(folder), []))
    const found = [nvidia, ...new Set(cards), ...vulkan].filter((name) => name !== '')
    // Mesa and the kernel's own drivers come with the system.
    return found.length === 0 ? '' : [...found, release()].join(', ')
  }
  // macOS brings its drivers itself.
  if (process.platform === 'darwin') return release()
  const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}'
  const printed = await printedBy(windowsTool('reg.exe'), ['query', key, '/s', '/v', 'DriverVersion'])
  return driversOfWindows(printed)
}

/** The versions that `reg.exe query` lists for display adapters. */
export function driversOfWindows(printed: string): string {
  return [...new Set([...printed.matchAll(/DriverVersion\s+REG_SZ\s+(\S+)/g)].map(([, version]) => version))].join(', ')
}

function windowsTool(name: string): string {
  return join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', name)
}

/** What a tool of the system prints; empty when there is none, it fails or takes too long. */
function printedBy(path: string, parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(path, parts, { timeout: toolMs, windowsHide: true, maxBuffer: 1024 * 1024 }, (error, stdout) =>
      resolve(error ? '' : stdout),
    )
  })
}

function quietly<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
