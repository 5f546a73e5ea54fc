/** Writes property lists of macOS in XML, as `plutil` lays them out. */

/** What can be written. */
export type WrittenProperty =
  string | number | boolean | Date | readonly WrittenProperty[] | { readonly [key: string]: WrittenProperty }

/** The keys in their own order. */
export function writePropertyList(value: WrittenProperty): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    ...linesOf(value, ''),
    '</plist>',
    '',
  ].join('\n')
}

/** What XML would take for its own. */
export function xmlText(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign)
}

function linesOf(value: WrittenProperty, indent: string): string[] {
  if (typeof value === 'string') return [`${indent}<string>${xmlText(value)}</string>`]
  if (typeof value === 'boolean') return [`${indent}<${String(value)}/>`]
  if (typeof value === 'number') {
    const name = Number.isInteger(value) ? 'integer' : 'real'
    return [`${indent}<${name}>${value}</${name}>`]
  }
  if (value instanceof Date) return [`${indent}<date>${value.toISOString().slice(0, 19)}Z</date>`]
  const deeper = `${indent}\t`
  if (Array.isArray(value)) {
    const items = (value as readonly WrittenProperty[]).flatMap((item) => linesOf(item, deeper))
    return [`${indent}<array>`, ...items, `${indent}</array>`]
  }
  const entries = Object.entries(value).flatMap(([key, item]) => [
    `${deeper}<key>${xmlText(key)}</key>`,
    ...linesOf(item, deeper),
  ])
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`]
}
