/** What an organisation has set, in English. */
import type { PolicyFinding, PolicyFormat } from '../../contract/policy-finding.ts'
import type { Format } from './format.ts'

export function organisationInEnglish(format: Format) {
  return {
    nothing: 'Your organisation has set nothing on this computer.',
    fixed: (count: number) =>
      format.plural(count, {
        zero: 'Your organisation recommends settings here; it has fixed none.',
        one: 'Your organisation has fixed 1 setting. The others are yours.',
        other: `Your organisation has fixed ${format.number(count)} settings. The others are yours.`,
      }),
    setting: 'Setting',
    inForce: 'In force',
    setBy: 'Set by',
    policy: 'Policy',
    scopes: { machine: 'IT, for this computer', user: 'IT, for your account' } satisfies Record<PolicyFinding['scope'], string>,
    recommended: 'IT, as a recommendation',
    allowed: 'Allowed',
    forbidden: 'Not allowed',
    none: 'None',
    unknown: 'Unknown policy',
    overruled: 'Another entry counts instead.',
    problems: {
      unread: 'Cannot be read, so the strictest value applies.',
      unknown: 'Alambic does not know this policy.',
      duplicate: 'Written twice: the later entry counts.',
      not_recommendable: 'Can only be fixed, not recommended.',
    } satisfies Record<NonNullable<PolicyFinding['problem']>, string>,
    export: {
      title: 'For administrators',
      lead: 'Set up one computer by hand, then export what differs from the defaults as policies for the others.',
      format: 'Format',
      formats: {
        reg: 'Windows registry (.reg)',
        mobileconfig: 'macOS profile (.mobileconfig)',
        json: 'Linux (.json)',
      } satisfies Record<PolicyFormat, string>,
      folder: 'Folder',
      noFolder: 'Alambic was started without a folder to write to. Start it with --folder and the folder’s path.',
      do: 'Export these settings…',
      done: (name: string) => `Exported: ${name}.`,
    },
  }
}
