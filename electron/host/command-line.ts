/** What an administrator does without a window: make a key, sign a catalogue, check one, make a bundle, see the policies. It opens no vault and no door. */
import { generateKeyPairSync, createPublicKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../../contract/errors.ts'
import { policyOf, settingKeys } from '../../contract/settings.ts'
import { verifyExport } from './audit/audit-export.ts'
import { publicKeyOf, signValue, verifyValue } from './base/signed-value.ts'
import { parseCatalogue, parseJson, readCatalogueFile, refuseExpired } from './models/catalogue/catalogue-file.ts'
import { readKeys } from './models/catalogue/catalogues.ts'
import { makeBundle } from './models/bundles/make-bundle.ts'
import { ownKeys } from './models/catalogue/own-keys.ts'
import { readPolicies, systemPolicies } from './settings/policies.ts'
import { readSigningKey } from './models/catalogue/signing-key.ts'

const usage = `alambic new-key NAME FILE
    Makes a key pair: the private half goes to FILE, the public half is printed as one line for the settings.
alambic catalogue sign CATALOGUE KEY…
    Writes CATALOGUE.sig beside it, signed with each private key.
alambic catalogue check CATALOGUE [KEYS]
    Says who signed it. KEYS is a file with one public key a line, as new-key prints them.
alambic bundle make FOLDER NAME [--key KEY] [--catalogue CATALOGUE] [FILE…]
    Makes a bundle of GGUF files in FOLDER: models first, then the adapters that stand on them. A catalogue goes along with
    its signatures, which lie beside it in CATALOGUE.sig.
alambic policies [--french]
    Lists every setting that can be fixed, with what is in force on this machine and where it stands, and what is wrong with it.
alambic audit verify FOLDER [CHECKPOINT…]
    Says whether an exported audit log is whole, and still has the beginning that each earlier checkpoint tells of.`

/** Carries out one command. @returns the exit code: 0 when it is done, 1 when it was refused, 2 when it was not understood */
export async function runCommand(parts: readonly string[], say: (line: string) => void): Promise<number> {
  try {
    const done = await carryOut(parts, say)
    if (!done) say(usage)
    if (done === 'refused') return 1
    return done ? 0 : 2
  } catch (error) {
    if (!(error instanceof AppError) && !(error instanceof Error && 'code' in error)) throw error
    say(`Refused: ${error.message}${error instanceof AppError && error.data ? ` ${JSON.stringify(error.data)}` : ''}`)
    return 1
  }
}

async function carryOut(parts: readonly string[], say: (line: string) => void): Promise<boolean | 'refused'> {
  const [noun, verb, ...rest] = parts
  if (noun === 'new-key' && verb && rest[0]) return newKey(verb, rest[0], say)
  if (noun === 'catalogue' && verb === 'sign' && rest.length >= 2) return sign(rest[0] ?? '', rest.slice(1), say)
  if (noun === 'catalogue' && verb === 'check' && rest[0]) return check(rest[0], rest[1], say)
  if (noun === 'bundle' && verb === 'make' && rest.length >= 3) return bundle(rest, say)
  if (noun === 'policies' && (verb === undefined || verb === '--french')) return policies(verb ? 'fr' : 'en', say)
  if (noun === 'audit' && verb === 'verify' && rest[0]) return verifyAudit(rest[0], rest.slice(1), say)
  return false
}

async function verifyAudit(folder: string, witnesses: readonly string[], say: (line: string) => void): Promise<true | 'refused'> {
  const { origin, size, first, trouble } = await verifyExport(folder, witnesses)
  const pruned = first > 0 ? `; of 1 to ${first} the hashes alone are kept` : ''
  say(trouble ? `NOT WHOLE: ${origin}: ${JSON.stringify(trouble)}` : `${origin}: ${size} entries, whole${pruned}`)
  return trouble ? 'refused' : true
}

function policies(language: 'en' | 'fr', say: (line: string) => void): boolean {
  const { values, managed, recommended, findings } = readPolicies(systemPolicies(process.platform)())
  for (const key of settingKeys) {
    const policy = policyOf(key)
    if (policy === null) continue
    const fixed = managed[key]
    const state = fixed
      ? `${fixed.unread ? 'NOT READ, closed: ' : ''}${JSON.stringify(values[key])} (${fixed.origin})`
      : key in recommended
        ? `recommended: ${JSON.stringify(recommended[key])}`
        : 'not set'
    say(`${policy.name}: ${state}\n    ${policy[language].help}`)
  }
  for (const { problem, name, origin } of findings) if (problem !== null) say(`${problem}: ${name} (${origin})`)
  return true
}

function newKey(name: string, path: string, say: (line: string) => void): boolean {
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
  say(`${name} ${publicKeyOf(createPublicKey(privateKey))}`)
  return true
}

async function sign(path: string, keyPaths: readonly string[], say: (line: string) => void): Promise<boolean> {
  const json = parseJson(readFileSync(path, 'utf8'))
  const { publisher, version, expiresAt } = parseCatalogue(json)
  const keys = await Promise.all(keyPaths.map(readSigningKey))
  writeFileSync(`${path}.sig`, `${JSON.stringify(signValue('catalogue', json, keys), null, 2)}\n`)
  say(`${basename(path)}: version ${version} of ${publisher}, good until ${expiresAt}, signed with ${keys.length} key(s).`)
  return true
}

async function check(path: string, keysPath: string | undefined, say: (line: string) => void): Promise<boolean> {
  const { json, signatures } = await readCatalogueFile(path)
  const catalogue = parseCatalogue(json)
  const { publisher, version, expiresAt } = catalogue
  const found = verifyValue('catalogue', json, signatures, [
    ...ownKeys,
    ...(keysPath ? readKeys(readFileSync(keysPath, 'utf8')) : []),
  ])
  if (!('signer' in found))
    throw found.trouble === 'unknown_key'
      ? new AppError('catalogue_unknown_key', 'Nobody who is trusted signed it')
      : new AppError('catalogue_tampered', 'It is not what was signed')
  refuseExpired(catalogue, Date.now())
  say(`${basename(path)}: version ${version} of ${publisher}, good until ${expiresAt}, signed by ${found.signer.name}.`)
  return true
}

async function bundle(args: readonly string[], say: (line: string) => void): Promise<boolean> {
  const options = { key: { type: 'string' }, catalogue: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [into = '', name = '', ...files] = positionals
  if (name === '') return false
  const { key: keyPath = null, catalogue: cataloguePath = null } = values
  say(`Made ${await makeBundle({ files, into, name, keyPath, cataloguePath })}`)
  return true
}
