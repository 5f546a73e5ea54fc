/** Wraps the handlers of a page by the tags of the contract: what policy forbids is refused, and what is to be noted stands in the audit log, whoever called and however it ended. */
import { callTags, type CallTag } from '../../contract/call-tags.ts'
import type { Handlers } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import type { Context } from '../../contract/link.ts'
import type { AuditLog } from './audit/audit-log.ts'
import { refusalOf, type PoliciesOfNow } from './policy-refusals.ts'

type Handler = (input: unknown, context: Context) => unknown
interface Wrapping {
  log: Pick<AuditLog, 'note'>
  /** Asked at each call: policies change while the program runs. */
  policies: () => PoliciesOfNow
}

/**
 * What an input may name as the thing that is acted on, in this order. Each is an id that we made, never somebody's words, nor a name that
 * a secret goes by: a recovery code is a `code`.
 */
const subjects = ['workspaceId', 'modelId', 'studentId', 'workId', 'backupId', 'folderId', 'language'] as const

/** The same handlers. A call is refused before its handler runs, and noted when it has ended. */
export function tagged(handlers: Handlers, wrapping: Wrapping): Handlers {
  const tags: Record<string, Record<string, CallTag>> = callTags
  const entries = Object.entries(handlers).map(([area, methods]) => [
    area,
    Object.fromEntries(
      Object.entries(methods as Record<string, Handler>).map(([name, handler]) => {
        const tag = tags[area]?.[name] ?? null
        return [name, tag === null ? handler : wrapped(handler, tag, wrapping)]
      }),
    ),
  ])
  // The same table, each method with the same signature.
  return Object.fromEntries(entries) as Handlers
}

function wrapped(handler: Handler, tag: NonNullable<CallTag>, { log, policies }: Wrapping): Handler {
  const { event, policy } = typeof tag === 'string' ? { event: tag, policy: null } : tag
  return async (input, context) => {
    const note = (subject: string | null, failure: AppError['code'] | null): void => {
      if (event !== null) log.note({ event, caller: context.caller, subject, failure })
    }
    try {
      const refusal = policy === null ? null : refusalOf(policy, input, policies())
      if (refusal) throw refusal
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
