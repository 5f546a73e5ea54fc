/** Understands what an administrator wrote for a policy: lenient in type, because every tool has its own, and strict in value. */
import { kindOf } from '../../../contract/settings/policy-kind.ts'
import type { Setting } from '../../../contract/settings/setting.ts'

/** What was understood; undefined for nothing. */
export function understood(setting: Setting, written: unknown): unknown {
  const parsed = setting.schema.safeParse(asMeant(setting, written))
  return parsed.success ? parsed.data : undefined
}

/** `true`, `"true"`, `1` and `"1"` are one; `15` and `"15"`; a list, its JSON and its lines. What is none of these stays, and is refused. */
function asMeant(setting: Setting, written: unknown): unknown {
  const kind = kindOf(setting)
  const text = typeof written === 'string' ? written.trim() : null
  switch (kind.kind) {
    case 'switch':
      return typeof written === 'boolean'
        ? written
        : switches[text?.toLowerCase() ?? (typeof written === 'number' ? String(written) : '')]
    case 'number':
      return text === null ? written : numberIn(text)
    case 'choice':
      if (typeof kind.values[0] === 'string') return text ?? written
      return text === null ? written : numberIn(text)
    case 'text':
      if (kind.lines) return linesIn(written)
      return text ?? written
  }
}

const switches: Record<string, boolean> = { true: true, '1': true, false: false, '0': false }

function numberIn(text: string): number | string {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text
}

function linesIn(written: unknown): unknown {
  if (typeof written === 'string' && /^\s*\[/.test(written)) {
    try {
      return joined(JSON.parse(written))
    } catch {
      // Lines that begin so.
      return written
    }
  }
  return joined(written)
}

function joined(written: unknown): unknown {
  if (!Array.isArray(written)) return written
  return written.every((item) => typeof item === 'string') ? written.join('\n') : written
}
