/** Everything for administrators that is made from the one list of policies, byte for byte the same each time. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { examplePolicies, jsonFile, profileFile, registryFile } from '../electron/host/settings/policy-export.ts'
import { macDomain } from '../electron/host/settings/managed-mac.ts'
import { root } from './places.ts'
import { adml, admx, omaUri } from './policies/admx.ts'
import { guide } from './policies/guide.ts'
import { jamfSchema, jsonSchema, profileManifest } from './policies/schemas.ts'
import { ansibleRole, detection, remediation } from './policies/scripts.ts'

/** Where they are kept: they are shipped with the program. */
export const policyTemplatesFolder = join(root, 'resources', 'policies')

/** Their content, by their path below the folder. */
export function policyTemplates(): Map<string, Buffer> {
  const example = examplePolicies()
  const texts: Record<string, string> = {
    'windows/alambic.admx': admx(),
    'windows/en-US/alambic.adml': adml('en'),
    'windows/fr-FR/alambic.adml': adml('fr'),
    'windows/oma-uri.csv': omaUri(),
    'windows/detect.ps1': detection(),
    'windows/remediate.ps1': remediation(),
    'macos/example.mobileconfig': profileFile(example),
    [`macos/${macDomain}.plist`]: profileManifest(),
    'macos/jamf-schema.json': jamfSchema(),
    'linux/example.json': jsonFile(example),
    'linux/policies.schema.json': jsonSchema(),
    'guide-en.md': guide('en'),
    'guide-fr.md': guide('fr'),
    ...Object.fromEntries(Object.entries(ansibleRole()).map(([path, text]) => [`linux/ansible/alambic_policies/${path}`, text])),
  }
  return new Map([
    ['windows/example.reg', registryFile(example)],
    ...Object.entries(texts).map(([path, text]): [string, Buffer] => [path, Buffer.from(text)]),
  ])
}

/** Writes them, and removes what is none of them any more. @returns how many there are */
export function writePolicyTemplates(folder = policyTemplatesFolder): number {
  const templates = policyTemplates()
  for (const path of filesBelow(folder)) if (!templates.has(path)) rmSync(join(folder, path))
  for (const [path, content] of templates) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return templates.size
}

/** Their paths below the folder, with slashes on every system. */
export function filesBelow(folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}
