/** The Debian packages that tests need beside npm's: a browser, fonts for it, a keyring, walls for the workers, and Python for what only Python has. */
import { existsSync, readdirSync } from 'node:fs'
import { findProgram, run } from './processes.ts'

/** A need, and what meets it. */
export interface SystemNeed {
  package: string
  isMet: () => boolean
}

const hasProgram = (name: string) => (): boolean => findProgram(name) !== null

/** Whether one of the library folders of the system holds a file of this name. */
function hasLibrary(name: string): boolean {
  const folders = ['/usr/lib', '/usr/lib64', '/lib', ...subfolders('/usr/lib', 'linux-gnu')]
  return folders.some((folder) => existsSync(`${folder}/${name}`))
}

function subfolders(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
}

/** What the application itself needs of the system; without it the keychain cannot be used, and a passphrase can. */
export const libsecret: SystemNeed = {
  package: 'libsecret-1-0',
  isMet: () => process.platform !== 'linux' || hasLibrary('libsecret-1.so.0'),
}

/** What the tests need. */
export const testNeeds: readonly SystemNeed[] = [
  { package: 'chromium', isMet: () => existsSync(process.env['ALAMBIC_CHROMIUM'] ?? '/usr/bin/chromium') },
  { package: 'fonts-dejavu-core', isMet: () => existsSync('/usr/share/fonts/truetype/dejavu') },
  libsecret,
  { package: 'gnome-keyring', isMet: hasProgram('gnome-keyring-daemon') },
  // Holds dbus-run-session: a bus of the test's own, which ends with it.
  { package: 'dbus', isMet: hasProgram('dbus-run-session') },
  // Walls of the operating system for the workers. Where the system lets it do nothing, the tests say so and leave its part out.
  { package: 'bubblewrap', isMet: () => process.platform !== 'linux' || hasProgram('bwrap')() },
  { package: 'git', isMet: hasProgram('git') },
  { package: 'openssl', isMet: hasProgram('openssl') },
  { package: 'python3', isMet: hasProgram('python3') },
  { package: 'python3-pip', isMet: () => findProgram('pip3') !== null || findProgram('pip') !== null },
]

const hasOffice = (part: string) => (): boolean => existsSync(`/usr/lib/libreoffice/program/lib${part}lo.so`)

/** What the bench of reading compares with: other programs that show documents. Nothing of it ships. */
export const readingNeeds: readonly SystemNeed[] = [
  { package: 'poppler-utils', isMet: hasProgram('pdftotext') },
  { package: 'poppler-data', isMet: () => existsSync('/usr/share/poppler') },
  { package: 'libreoffice-writer-nogui', isMet: hasOffice('sw') },
  { package: 'libreoffice-calc-nogui', isMet: hasOffice('sc') },
  { package: 'libreoffice-impress-nogui', isMet: hasOffice('sd') },
  { package: 'fonts-noto-cjk', isMet: () => existsSync('/usr/share/fonts/opentype/noto') },
]

/**
 * Installs what is missing, as root on Debian and its like.
 * @throws Error a sentence with the command to run, where we cannot run it
 */
export async function ensurePackages(needs: readonly SystemNeed[], say: (line: string) => void): Promise<void> {
  const missing = needs.filter(({ isMet }) => !isMet()).map((need) => need.package)
  if (missing.length === 0) return
  const command = installCommand(missing)
  if (findProgram('apt-get') === null)
    throw new Error(`The tests need what Debian calls ${missing.join(', ')}; install it and try again.`)
  if (process.getuid?.() !== 0)
    throw new Error(`The tests need packages that only root can install. Run: sudo apt-get update && sudo ${command}`)
  say(`Installing ${missing.join(', ')} …`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const words of [['update', '-q'], command.split(' ').slice(1)]) {
    const { code, output } = await run('apt-get', words, { env: environment })
    if (code !== 0) throw new Error(`apt-get failed. Its last words:\n${output.trim().split('\n').slice(-5).join('\n')}`)
  }
  const stillMissing = needs.filter(({ isMet }) => !isMet()).map((need) => need.package)
  if (stillMissing.length > 0)
    throw new Error(`These packages were installed, but what they bring was not found: ${stillMissing.join(', ')}`)
}

/** The command that installs Debian packages and nothing that they only recommend. */
export function installCommand(packages: readonly string[]): string {
  return `apt-get install -y --no-install-recommends ${packages.join(' ')}`
}
