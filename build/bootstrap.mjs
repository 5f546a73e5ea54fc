/**
 * The first step of every command: makes a bare checkout ready and goes on with the project's own Node. Plain JavaScript
 * without dependencies, because whatever Node the system has (18 or later) runs it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const lockfile = join(root, 'package-lock.json')
const stamp = join(modules, '.alambic-installed')
const windows = process.platform === 'win32'
const ownNode = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node')

/**
 * Installs what is missing, then runs `build/commands/<name>.ts` under the project's Node with this command line.
 * @param {string} name
 * @returns {Promise<void>} when this process is that Node; otherwise the process ends as the command ends.
 */
export async function run(name) {
  install()
  const command = join(root, 'build', 'commands', `${name}.ts`)
  if (sameFile(process.execPath, ownNode)) {
    await import(pathToFileURL(command).href)
    return
  }
  const child = spawn(ownNode, [command, ...process.argv.slice(2)], { stdio: 'inherit' })
  // The child ends in order and this process after it. Ctrl+C in a terminal reaches both anyway.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => stop(`The project's Node could not be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))
}

function install() {
  const wanted = existsSync(lockfile) ? createHash('sha256').update(readFileSync(lockfile)).digest('hex') : null
  if (existsSync(ownNode) && isInstalled(wanted)) return
  console.log('Installing the packages that Alambic is built with; the first time takes a few minutes …')
  // Not `npm ci`: it refuses a lockfile that was made where packages for other systems could not be seen. This keeps to
  // the lockfile and its hashes all the same, adds this system's own binaries if they are not in it, and changes no file.
  const { status, error } = npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
  if (error) stop(`npm could not be started (${error.message}). Install Node.js with npm, 18 or later, and try again.`)
  if (status !== 0) stop('npm install failed; its own message is above. With a network connection, try again.')
  if (!existsSync(ownNode)) {
    stop("npm install did not bring the project's Node. If npm is told to ignore install scripts, run: npm rebuild node")
  }
  writeFileSync(stamp, wanted ?? '')
}

/** @param {string | null} wanted SHA-256 of the lockfile. */
function isInstalled(wanted) {
  if (existsSync(stamp)) return wanted === null || readFileSync(stamp, 'utf8') === wanted
  // Installed by hand with npm, which leaves a file of its own.
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record) || (existsSync(lockfile) && statSync(record).mtimeMs < statSync(lockfile).mtimeMs)) return false
  writeFileSync(stamp, wanted ?? '')
  return true
}

/** @param {string[]} words */
function npm(words) {
  const options = /** @type {const} */ ({ cwd: root, stdio: 'inherit' })
  const script = process.env.npm_execpath
  // The npm that runs this script, if one does; on Windows npm is a .cmd file, which only a shell starts.
  if (script?.endsWith('.js')) return spawnSync(process.execPath, [script, ...words], options)
  return spawnSync('npm', words, { ...options, shell: windows })
}

/** @param {string} one @param {string} other */
function sameFile(one, other) {
  const [a, b] = [statSync(one), statSync(other)]
  return a.ino === b.ino && a.dev === b.dev
}

/**
 * @param {string} sentence
 * @returns {never}
 */
function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}
