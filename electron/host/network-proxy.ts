/** Which proxy a connection goes through, so that the ledger can say so: the one that was entered, else the one of the environment. */

/** @param entered the setting; empty takes what the environment names. @returns the proxy's address, or null for none */
export function proxyFor({ hostname, port }: URL, entered: string, environment: NodeJS.ProcessEnv): string | null {
  if (entered !== '') return entered
  const proxy = environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? ''
  const bypassed = environment['no_proxy'] ?? environment['NO_PROXY'] ?? ''
  if (!URL.canParse(proxy)) return null
  const host = hostname.toLowerCase()
  return bypassed.split(/[\s,]+/).some((entry) => isMeant(entry.toLowerCase(), host, port || '443')) ? null : proxy
}

/** An entry is `*`, a name, a name after a dot or `*.`, a number or two with a dash between, and may end in a port. */
function isMeant(entry: string, host: string, port: string): boolean {
  if (entry === '' || entry === '*') return entry === '*'
  const [, name = entry, wantedPort] = /^(.*?):(\d{1,5})$/.exec(entry) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const [first, last] = name.split('-').map(numberOf)
  const number = numberOf(host)
  if (first != null && last != null && number !== null) return number >= first && number <= last
  const suffix = name.replace(/^\*?\./, '.')
  return suffix.startsWith('.') ? host.endsWith(suffix) || host === suffix.slice(1) : host === name
}

/** An address of four numbers as one; null for a name. */
function numberOf(address: string): number | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return null
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
