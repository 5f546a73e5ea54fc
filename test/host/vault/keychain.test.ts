/** The system's keychain: the real one under gnome-keyring without a screen, and what is said where it cannot be used. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SystemKeychain, type Keytar } from '../../../electron/host/vault/keys/keychain.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

const child = join(import.meta.dirname, '../../fixtures/vault/keyring-child.ts')

/** A person's home, without anything of this machine's session. */
class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'alambic-home-'))

  /** Runs the child in a new session; `session` is the shell line that starts it inside one. */
  use(work: 'probe' | 'create' | 'open' | 'leave', session: string | null): unknown {
    const runtime = mkdtempSync(join(tmpdir(), 'alambic-run-'))
    const environment = { PATH: process.env['PATH'], HOME: this.folder, XDG_DATA_HOME: this.folder, XDG_RUNTIME_DIR: runtime }
    const program = [process.execPath, child, work, join(this.folder, 'alambic')]
    const [command = '', ...args] = session === null ? program : ['dbus-run-session', '--', 'sh', '-c', session, 'sh', ...program]
    try {
      const { stdout, stderr } = spawnSync(command, args, { env: environment, encoding: 'utf8', timeout: 280_000 })
      const line = stdout.split('\n').find((text) => text.startsWith('{'))
      if (line === undefined) throw new Error(`The child said nothing: ${stderr}`)
      return JSON.parse(line)
    } finally {
      rmSync(runtime, { recursive: true, force: true })
    }
  }
}

/** Missing programs fail the test: skipping it would leave the keychain untested without a word. */
function requireKeyring(): void {
  for (const program of ['dbus-run-session', 'gnome-keyring-daemon']) {
    try {
      execFileSync('which', [program])
    } catch (error) {
      throw new Error(`${program} is missing. Run: apt-get install -y dbus gnome-keyring libsecret-1-0`, { cause: error })
    }
  }
}

const unlocked = `printf 'secret\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize > /dev/null 2>&1; exec "$@"`
/** The keyring's service starts by itself when it is asked, and nobody has given it the password. */
const locked = 'exec "$@"'

describe.runIf(process.platform === 'linux')('the real keyring', () => {
  let home: Home
  beforeEach(() => {
    home = new Home()
  })
  afterEach(() => rmSync(home.folder, { recursive: true, force: true }))

  it('keeps a vault’s key over sessions, is waited for while it is locked, and forgets the key when a passphrase takes over', () => {
    requireKeyring()
    const row = { value: 'kept' }
    expect(home.use('create', unlocked)).toEqual({ started: 'new', opening: null, phase: 'open', row, secretBytes: 32 })
    expect(home.use('open', locked)).toEqual({
      started: 'locked',
      opening: { code: 'keychain_unavailable', trouble: 'locked' },
      phase: 'locked',
    })
    expect(home.use('open', unlocked)).toEqual({ started: 'locked', opening: null, phase: 'open', row, secretBytes: 32 })
    expect(home.use('leave', unlocked)).toEqual({ started: 'locked', opening: null, phase: 'open', row, secretBytes: 0 })
  })

  it('says `locked` where nobody ever made a keyring, though reading then says only that there is nothing', () => {
    requireKeyring()
    expect(home.use('probe', locked)).toEqual({
      trouble: 'locked',
      write: { code: 'keychain_unavailable', trouble: 'locked' },
      read: null,
    })
  })

  it('says `no_service` without D-Bus', () => {
    const trouble = { code: 'keychain_unavailable', trouble: 'no_service' }
    expect(home.use('probe', null)).toEqual({ trouble: 'no_service', write: trouble, read: trouble })
  })
})

describe('trouble', () => {
  const working: Keytar = {
    getPassword: () => Promise.resolve(null),
    setPassword: () => Promise.resolve(),
    deletePassword: () => Promise.resolve(true),
  }
  const never = (): Promise<never> => new Promise(() => undefined)

  it('is `no_library` where keytar’s native part cannot be loaded', async () => {
    // keytar's own words on a system without libsecret-1-0.
    const load = (): Promise<never> =>
      Promise.reject(new Error('Failed to load keytar native addon, checked ["../build/Release"]'))
    const keychain = new SystemKeychain({ load })
    expect(await keychain.trouble()).toBe('no_library')
    expect(await failure(() => keychain.read('account'))).toEqual({
      code: 'keychain_unavailable',
      data: { trouble: 'no_library' },
    })
  })

  it('is `refused` where a secret does not come back, or the system says no', async () => {
    expect(await new SystemKeychain({ load: () => Promise.resolve(working) }).trouble()).toBe('refused')
    const denied = {
      ...working,
      setPassword: () => Promise.reject(new Error('The user name or passphrase you entered is not correct.')),
    }
    expect(await new SystemKeychain({ load: () => Promise.resolve(denied) }).trouble()).toBe('refused')
  })

  it('is `timeout` where a prompt stands that nobody answers, and no second operation is started behind it', async () => {
    const started: string[] = []
    let answer: (secret: string) => void = () => undefined
    const prompting: Keytar = {
      getPassword: (_service, account) => {
        started.push(account)
        return new Promise((resolve) => (answer = resolve))
      },
      setPassword: (_service, account) => {
        started.push(account)
        return never()
      },
      deletePassword: never,
    }
    const keychain = new SystemKeychain({ load: () => Promise.resolve(prompting), timeoutMs: 30 })
    for (const account of ['one', 'two', 'three', 'four', 'five']) {
      expect(await failure(() => keychain.read(account))).toEqual({ code: 'keychain_unavailable', data: { trouble: 'timeout' } })
    }
    // Each one started would block one of the four threads that do Node's file operations.
    expect(started).toEqual(['one'])
    expect(keychain.isAsking).toBe(true)
    // The prompt is answered at last: whoever gave up is not served, whoever asks now is.
    answer('late')
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(started).toEqual(['one'])
    const next = keychain.read('six')
    await new Promise((resolve) => setTimeout(resolve, 5))
    answer('secret')
    expect(await next).toBe('secret')
    expect(keychain.isAsking).toBe(false)
    expect(started).toEqual(['one', 'six'])
  })
})
