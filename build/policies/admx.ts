/** Administrative templates of Windows, for group policy and for Intune's importer, and the addresses under which Intune sets what was imported. */
import { policyList, type ListedPolicy } from '../../contract/policy-list.ts'
import { policyGroupNames, policyGroups, type PolicyGroup, type PolicyWords } from '../../contract/settings/setting.ts'
import { xmlText } from '../../electron/host/settings/property-list-writer.ts'

type Language = 'en' | 'fr'

const registryKey = 'SOFTWARE\\Policies\\Alambic'
const schema =
  'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0"'

/** A policy stands twice: fixed, and, where a person may choose otherwise, recommended. Names have no dots: Intune refuses them. */
const levels = [
  { suffix: '', key: registryKey, category: (group: PolicyGroup) => `Alambic_${group}`, all: true },
  {
    suffix: '_Recommended',
    key: `${registryKey}\\Recommended`,
    category: (group: PolicyGroup) => `Recommended_${group}`,
    all: false,
  },
]
const supported = (since: string): string => `SUPPORTED_${since.replaceAll('.', '_')}`
const sinces = [...new Set(policyList.map(({ policy }) => policy.since))].sort((one, other) =>
  one.localeCompare(other, 'en', { numeric: true }),
)
const words: Record<Language, { recommended: string; recommendedHelp: string; from: (version: string) => string }> = {
  en: {
    recommended: 'Recommended (a person may choose otherwise)',
    recommendedHelp: 'Holds until a person chooses otherwise.',
    from: (version) => `Alambic ${version} or later`,
  },
  fr: {
    recommended: 'Recommandés (chaque personne peut choisir autrement)',
    recommendedHelp: 'Vaut tant qu’une personne ne choisit pas autrement.',
    from: (version) => `Alambic ${version} ou ultérieur`,
  },
}

/** `alambic.admx`. Its namespace carries the version of its newest policy, because Intune takes no second file of one namespace. */
export function admx(): string {
  const categories = levels.flatMap(({ suffix, category }) => {
    const top = suffix === '' ? 'Alambic' : 'Alambic_Recommended'
    const parent = suffix === '' ? '/>' : '><parentCategory ref="Alambic"/></category>'
    return [
      `<category name="${top}" displayName="$(string.${top})"${parent}`,
      ...policyGroups.map(
        (group) =>
          `<category name="${category(group)}" displayName="$(string.Group_${group})"><parentCategory ref="${top}"/></category>`,
      ),
    ]
  })
  return document([
    `<policyDefinitions ${schema}>`,
    `  <policyNamespaces><target prefix="alambic" namespace="Alambic.Policies.v${sinces.at(-1) ?? ''}"/></policyNamespaces>`,
    '  <resources minRequiredRevision="1.0"/>',
    '  <supportedOn><definitions>',
    ...sinces.map((since) => `    <definition name="${supported(since)}" displayName="$(string.${supported(since)})"/>`),
    '  </definitions></supportedOn>',
    '  <categories>',
    ...categories.map((line) => `    ${line}`),
    '  </categories>',
    '  <policies>',
    ...levels.flatMap((level) =>
      policyList.filter(({ policy }) => level.all || !policy.only).flatMap((each) => definition(each, level)),
    ),
    '  </policies>',
    '</policyDefinitions>',
  ])
}

function definition({ policy, kind }: ListedPolicy, { suffix, key, category }: (typeof levels)[number]): string[] {
  const { name, group, since } = policy
  const isSwitch = kind.kind === 'switch'
  const help = `$(string.${name}${suffix}_Help)`
  return [
    `    <policy name="${name}${suffix}" class="Both" displayName="$(string.${name})" explainText="${help}" key="${key}"${
      isSwitch ? ` valueName="${name}"` : ` presentation="$(presentation.${name})"`
    }>`,
    `      <parentCategory ref="${category(group)}"/>`,
    `      <supportedOn ref="${supported(since)}"/>`,
    ...(isSwitch
      ? ['      <enabledValue><decimal value="1"/></enabledValue>', '      <disabledValue><decimal value="0"/></disabledValue>']
      : ['      <elements>', ...element({ policy, kind }).map((line) => `        ${line}`), '      </elements>']),
    '    </policy>',
  ]
}

/** Limits are always said: left out, a text ends at 1023 signs and a number at 9999. */
function element({ policy: { name }, kind }: Pick<ListedPolicy, 'policy' | 'kind'>): string[] {
  const id = `id="${name}" valueName="${name}"`
  switch (kind.kind) {
    case 'choice':
      return [
        `<enum ${id} required="true">`,
        ...kind.values.map((value) => {
          const written = typeof value === 'number' ? `<decimal value="${value}"/>` : `<string>${xmlText(value)}</string>`
          return `  <item displayName="$(string.${name}_${value})"><value>${written}</value></item>`
        }),
        '</enum>',
      ]
    case 'number':
      return [`<decimal ${id} required="true" minValue="${kind.least}" maxValue="${kind.most}"/>`]
    case 'text':
      return [`<${kind.lines ? 'multiText' : 'text'} ${id} maxLength="${kind.mostLength}"/>`]
    case 'switch':
      return []
  }
}

/** `alambic.adml` of one language. */
export function adml(language: Language): string {
  const own = words[language]
  const strings: [id: string, text: string][] = [
    ['Alambic', 'Alambic'],
    ['Alambic_Recommended', own.recommended],
    ...policyGroups.map((group): [string, string] => [`Group_${group}`, policyGroupNames[group][language]]),
    ...sinces.map((since): [string, string] => [supported(since), own.from(since)]),
    ...policyList.flatMap(({ policy }): [string, string][] => {
      const said: PolicyWords = policy[language]
      const choices = Object.entries(said.choices ?? {}).map(([value, text]): [string, string] => [
        `${policy.name}_${value}`,
        text,
      ])
      const recommended: [string, string] = [`${policy.name}_Recommended_Help`, `${said.help} ${own.recommendedHelp}`]
      return [[policy.name, said.title], [`${policy.name}_Help`, said.help], ...(policy.only ? [] : [recommended]), ...choices]
    }),
  ]
  return document([
    `<policyDefinitionResources ${schema}>`,
    '  <displayName>Alambic</displayName>',
    '  <description>Alambic</description>',
    '  <resources>',
    '    <stringTable>',
    ...strings.map(([id, text]) => `      <string id="${id}">${xmlText(text)}</string>`),
    '    </stringTable>',
    '    <presentationTable>',
    ...policyList.flatMap((listed) => presentation(listed, listed.policy[language].title)),
    '    </presentationTable>',
    '  </resources>',
    '</policyDefinitionResources>',
  ])
}

function presentation({ policy: { name }, kind, initial }: ListedPolicy, title: string): string[] {
  const label = xmlText(title)
  const control = ((): string | null => {
    switch (kind.kind) {
      case 'choice':
        return `<dropdownList refId="${name}" noSort="true" defaultItem="${Math.max(
          0,
          kind.values.findIndex((value) => value === initial),
        )}">${label}</dropdownList>`
      case 'number':
        return `<decimalTextBox refId="${name}" defaultValue="${String(initial)}">${label}</decimalTextBox>`
      case 'text':
        return kind.lines
          ? `<multiTextBox refId="${name}">${label}</multiTextBox>`
          : `<textBox refId="${name}"><label>${label}</label></textBox>`
      case 'switch':
        return null
    }
  })()
  return control === null ? [] : [`      <presentation id="${name}">${control}</presentation>`]
}

/** Windows' line ends. The declaration says the encoding, so no mark is needed that an importer could stumble over. */
function document(lines: readonly string[]): string {
  return ['<?xml version="1.0" encoding="utf-8"?>', ...lines, ''].join('\r\n')
}

/** A table for who sets them by address: where the template is ingested, then each policy with an example. RFC 4180. */
export function omaUri(): string {
  const base = './Device/Vendor/MSFT/Policy'
  const rows = policyList.map(({ policy, kind }) => {
    const { name, group, example, en } = policy
    const written = String(example).replaceAll('\n', '&#xF000;')
    const value =
      kind.kind === 'switch'
        ? example === true
          ? '<enabled/>'
          : '<disabled/>'
        : `<enabled/><data id="${name}" value="${attribute(written)}"/>`
    return [name, `${base}/Config/Alambic~Policy~Alambic~Alambic_${group}/${name}`, 'String', value, en.help]
  })
  const ingest = [
    'alambic.admx',
    `${base}/ConfigOperations/ADMXInstall/Alambic/Policy/AlambicAdmx`,
    'String',
    '(the text of alambic.admx)',
    'Ingests the template; first of all.',
  ]
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`
  return [['Name', 'OMA-URI', 'Data type', 'Value', 'What it does'], ingest, ...rows]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('')
}

/** The separator of lists is a reference already. */
function attribute(text: string): string {
  return text.split('&#xF000;').map(xmlText).join('&#xF000;')
}
