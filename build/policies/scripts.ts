/** Scripts and roles that put policies onto machines without a template: PowerShell for Windows, Ansible for Linux. Written in ASCII, which every code page reads alike. */
import { examplePolicies, jsonFile, type WrittenPolicy } from '../../electron/host/settings/policy-export.ts'

const key = 'HKLM:\\SOFTWARE\\Policies\\Alambic'

function powershellValue(value: WrittenPolicy['value']): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') return String(value)
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
  return typeof value === 'string' ? quoted(value) : `@(${value.map(quoted).join(', ')})`
}

function powershell(purpose: string, body: readonly string[]): string {
  const wanted = examplePolicies().map(({ name, value }) => `    ${name} = ${powershellValue(value)}`)
  return [
    `# ${purpose} Change the values, leave out what is not to be fixed.`,
    '# HKLM\\SOFTWARE\\Policies is one and the same for programs of 32 and of 64 bits.',
    "$ErrorActionPreference = 'Stop'",
    '$wanted = @{',
    ...wanted,
    '}',
    `$key = '${key}'`,
    ...body,
    '',
  ].join('\r\n')
}

/** Says with its exit code whether something is to be done: 0 for nothing, 1 for something, as Intune's remediations have it. */
export function detection(): string {
  return powershell('Detects whether the policies of Alambic are as wanted.', [
    'foreach ($name in $wanted.Keys) {',
    '    $found = (Get-ItemProperty -Path $key -Name $name -ErrorAction SilentlyContinue).$name',
    '    if ($null -eq $found -or (Compare-Object -ReferenceObject @($wanted[$name]) -DifferenceObject @($found) -CaseSensitive -SyncWindow 0)) {',
    '        Write-Output "$name is not as wanted"',
    '        exit 1',
    '    }',
    '}',
    'exit 0',
  ])
}

export function remediation(): string {
  return powershell('Sets the policies of Alambic.', [
    'if (-not (Test-Path -Path $key)) { New-Item -Path $key -Force | Out-Null }',
    'foreach ($name in $wanted.Keys) {',
    '    $value = $wanted[$name]',
    "    $type = if ($value -is [array]) { 'MultiString' } elseif ($value -is [int]) { 'DWord' } else { 'String' }",
    '    New-ItemProperty -Path $key -Name $name -Value $value -PropertyType $type -Force | Out-Null',
    '}',
    'exit 0',
  ])
}

/** A role: its defaults, its tasks. JSON is YAML, so the example stands there as it stands in the file. */
export function ansibleRole(): Record<string, string> {
  const indented = jsonFile(examplePolicies())
    .trimEnd()
    .split('\n')
    .map((line, at) => (at === 0 ? line : `  ${line}`))
    .join('\n')
  return {
    'defaults/main.yml': [
      '---',
      '# The policies that are fixed, and those that hold until a person chooses otherwise.',
      `alambic_policies_managed:\n  ${indented}`,
      'alambic_policies_recommended: {}',
      '',
    ].join('\n'),
    'tasks/main.yml': [
      '---',
      ...['managed', 'recommended'].flatMap((level) => [
        `- name: Make the folder of ${level} policies`,
        '  ansible.builtin.file:',
        `    path: /etc/alambic/policies/${level}`,
        '    state: directory',
        '    owner: root',
        '    group: root',
        '    mode: "0755"',
        `- name: Write the ${level} policies`,
        '  ansible.builtin.copy:',
        `    content: "{{ alambic_policies_${level} | to_nice_json }}\\n"`,
        `    dest: /etc/alambic/policies/${level}/50-ansible.json`,
        '    owner: root',
        '    group: root',
        '    mode: "0644"',
      ]),
      '',
    ].join('\n'),
  }
}
