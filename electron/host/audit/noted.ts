/** Wraps the handlers of a page so that the calls that are tagged are noted in the audit log, whoever called and however they ended. */
import { auditTags, type AuditEvent } from '../../../contract/audit.ts'
import type { Handlers } from '../../../contract/contract.ts'
import { AppError } from '../../../contract/errors.ts'
import type { Context } from '../../../contract/link.ts'
import type { AuditLog } from './audit-log.ts'

type Handler = (input: unknown, context: Context) => unknown

/** What an input may name as the thing that is acted on, in this order. Each is an id that we made, never somebody's words. */
const subjects = ['workspaceId', 'modelId', 'studentId', 'workId', 'backupId', 'folderId', 'code'] as const

/** The same handlers; a tagged call is noted when it has ended. */
export function noted(handlers: Handlers, log: Pick<AuditLog, 'note'>): Handlers {
  const tags: Record<string, Record<string, AuditEvent | null>> = auditTags
  const entries = Object.entries(handlers).map(([area, methods]) => [
    area,
    Object.fromEntries(
      Object.entries(methods as Record<string, Handler>).map(([name, handler]) => {
        const event = tags[area]?.[name] ?? null
        return [name, event === null ? handler : withNote(handler, event, log)]
      }),
    ),
  ])
  // The same table, each method with the same signature.
  return Object.fromEntries(entries) as Handlers
}

function withNote(handler: Handler, event: AuditEvent, log: Pick<AuditLog, 'note'>): Handler {
  return async (input, context) => {
    const note = (subject: string | null, failure: AppError['code'] | null): void =>
      log.note({ event, caller: context.caller, subject, failure })
    try {
      const result = await handler(input, context)
      note(subjectOf(input) ?? subjectOf(result), null)
      return result
    } catch (error) {
      note(subjectOf(input), error instanceof AppError ? error.code : 'internal')
      throw error
    }
  }
}

function subjectOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  for (const name of subjects) {
    const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1]
    if (typeof found === 'string') return found
  }
  return null
}
