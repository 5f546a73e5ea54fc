/** The administrator's guide of one language: every policy, what it takes and what it does. */
import { policyList, type ListedPolicy } from '../../contract/policy-list.ts'
import { policyGroupNames, policyGroups, type PolicyWords } from '../../contract/settings/setting.ts'

const words = {
  en: {
    title: 'Policies of Alambic',
    lead: [
      'A policy is a setting that somebody else has decided. Each is fixed by itself, and a person sees a lock on that control alone.',
      'The machine’s policy goes over the person’s, that over what the person chose, that over what is recommended, and that over the default.',
      'Types are lenient: `true`, `"true"` and `1` are the same, and a list may be an array, its JSON or one text of lines. Values are strict: one that is not understood takes the value under “if it cannot be understood”.',
      'A place that is there and cannot be read takes all of those values. `alambic policies` shows what is in force on a machine.',
    ],
    placesTitle: 'Where they stand',
    places: [
      'Windows: `HKLM\\SOFTWARE\\Policies\\Alambic` (the machine) and `HKCU\\SOFTWARE\\Policies\\Alambic` (the person); what is recommended below `Recommended`. Switches and numbers are `REG_DWORD`, lists `REG_MULTI_SZ`.',
      'macOS: a profile with the payload type `com.alambic.desktop`; what is recommended in a dictionary `Defaults`.',
      'Linux: `/etc/alambic/policies/managed/*.json` and `/etc/alambic/policies/recommended/*.json`, root’s and writable by nobody else. Of several files the last in the order of names counts, policy by policy.',
    ],
    type: 'Takes',
    kinds: {
      switch: 'a switch',
      number: (least: number, most: number) => `a number from ${least} to ${most}`,
      text: 'a text',
      lines: 'a list of texts',
    },
    initial: 'Default',
    empty: 'empty',
    closed: 'If it cannot be understood',
    free: 'as if it were not set',
    effect: 'Holds',
    effects: { at_once: 'at once', next_load: 'for models that are loaded after it' },
    only: 'Can only be fixed, not recommended.',
    since: 'Since',
    on: 'on',
    off: 'off',
    colon: ':',
  },
  fr: {
    title: 'Règles d’Alambic',
    lead: [
      'Une règle est un réglage que quelqu’un d’autre a décidé. Chacune est fixée pour elle-même, et la personne voit un cadenas sur cette seule commande.',
      'La règle de la machine l’emporte sur celle de la personne, celle-ci sur ce que la personne a choisi, puis vient ce qui est recommandé, puis la valeur par défaut.',
      'Les types sont souples\u00a0: `true`, `"true"` et `1` se valent, et une liste peut être un tableau, son JSON ou un texte de plusieurs lignes. Les valeurs sont strictes\u00a0: si l’une n’est pas comprise, la valeur «\u00a0si elle n’est pas comprise\u00a0» s’applique.',
      'Un emplacement présent mais illisible applique toutes ces valeurs. `alambic policies --french` montre ce qui est en vigueur sur une machine.',
    ],
    placesTitle: 'Où elles se trouvent',
    places: [
      'Windows\u00a0: `HKLM\\SOFTWARE\\Policies\\Alambic` (la machine) et `HKCU\\SOFTWARE\\Policies\\Alambic` (la personne)\u00a0; les recommandations sous `Recommended`. Interrupteurs et nombres en `REG_DWORD`, listes en `REG_MULTI_SZ`.',
      'macOS\u00a0: un profil dont le type de charge utile est `com.alambic.desktop`\u00a0; les recommandations dans un dictionnaire `Defaults`.',
      'Linux\u00a0: `/etc/alambic/policies/managed/*.json` et `/etc/alambic/policies/recommended/*.json`, à root et modifiables par personne d’autre. De plusieurs fichiers, le dernier dans l’ordre des noms compte, règle par règle.',
    ],
    type: 'Reçoit',
    kinds: {
      switch: 'un interrupteur',
      number: (least: number, most: number) => `un nombre de ${least} à ${most}`,
      text: 'un texte',
      lines: 'une liste de textes',
    },
    initial: 'Par défaut',
    empty: 'vide',
    closed: 'Si elle n’est pas comprise',
    free: 'comme si elle n’était pas définie',
    effect: 'S’applique',
    effects: { at_once: 'aussitôt', next_load: 'aux modèles chargés ensuite' },
    only: 'Peut seulement être fixée, pas recommandée.',
    since: 'Depuis',
    on: 'oui',
    off: 'non',
    colon: '\u00a0:',
  },
} as const

export function guide(language: 'en' | 'fr'): string {
  const own = words[language]
  const groups = policyGroups.flatMap((group) => {
    const policies = policyList.filter(({ policy }) => policy.group === group)
    return [`## ${policyGroupNames[group][language]}`, '', ...policies.flatMap((listed) => section(listed, language))]
  })
  const places = own.places.map((place) => `- ${place}`)
  return [`# ${own.title}`, '', own.lead.join('\n'), '', `## ${own.placesTitle}`, '', ...places, '', ...groups].join('\n')
}

function section({ policy, kind, initial }: ListedPolicy, language: 'en' | 'fr'): string[] {
  const own = words[language]
  const said: PolicyWords = policy[language]
  const shown = (value: unknown): string => {
    if (typeof value === 'boolean') return `\`${value}\` (${value ? own.on : own.off})`
    if (value === '') return own.empty
    const choice = said.choices?.[String(value)]
    return choice === undefined ? `\`${String(value)}\`` : `\`${String(value)}\` (${choice})`
  }
  const takes = ((): string => {
    switch (kind.kind) {
      case 'choice':
        return kind.values.map(shown).join(', ')
      case 'number':
        return own.kinds.number(kind.least, kind.most)
      case 'text':
        return kind.lines ? own.kinds.lines : own.kinds.text
      case 'switch':
        return `${own.kinds.switch}, ${shown(true)}, ${shown(false)}`
    }
  })()
  const facts: [string, string][] = [
    [own.type, takes],
    [own.initial, shown(initial)],
    [own.closed, policy.closed === undefined ? own.free : shown(policy.closed)],
    [own.effect, own.effects[policy.effect]],
    [own.since, policy.since],
  ]
  return [
    `### ${policy.name}`,
    '',
    `**${said.title}.** ${said.help}${policy.only ? ` ${own.only}` : ''}`,
    '',
    ...facts.map(([name, fact]) => `- ${name}${own.colon} ${fact}`),
    '',
  ]
}
