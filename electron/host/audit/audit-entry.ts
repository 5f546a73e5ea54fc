/** An act, and the line that stands for it in the log. Ids are our own random ones or hashes of files; names, words and paths never stand here. */
import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../../contract/audit.ts'
import { AuditLine } from '../../../contract/audit-line.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import type { Caller } from '../../../contract/link.ts'
import type { NetworkPurpose } from '../../../contract/network.ts'

/** One act. */
export interface AuditEntry {
  event: AuditEvent
  caller: Caller
  /** The workspace, model or other thing that it was done to; null where there is none. */
  subject: string | null
  /** Why it failed; null when it was done. */
  failure: ErrorCode | null
  /** How many acts of this kind the entry stands for, where it is not one. */
  count?: number
  /** What the door was asked for. A link's host is nobody's business. */
  door?: { purpose: NetworkPurpose; host: string; port: number }
}

/** An entry as it is kept. */
export interface AuditRow extends AuditEntry {
  /** The place in the log, from 1. It tells the order, whatever the clock did. */
  number: number
  /** Epoch milliseconds, as the clock said. */
  at: number
}

/** OCSF's classes: Authentication, Entity Management and Network Activity, with their activities. */
const authentication = { logon: 1, logoff: 2 }
const entity = { create: 1, read: 2, update: 3, delete: 4, other: 99 }
const network = { open: 1, refuse: 5 }

function classOf(event: AuditEvent): { classUid: 3002 | 3004 | 4001; activity: number } {
  if (event === 'vault_unlocked') return { classUid: 3002, activity: authentication.logon }
  if (event === 'vault_locked') return { classUid: 3002, activity: authentication.logoff }
  if (event === 'door_allowed' || event === 'link_opened') return { classUid: 4001, activity: network.open }
  if (event === 'door_refused') return { classUid: 4001, activity: network.refuse }
  const activity = ((): number => {
    if (/_(made|created|imported|downloaded|added|taken|begun|rescued)$/.test(event)) return entity.create
    if (/_(exported|opened|checked)$/.test(event)) return entity.read
    if (/_(erased|removed|forgotten|withdrawn)$/.test(event)) return entity.delete
    return /_(changed|configured|protected|archived|reopened|restored)$/.test(event) ? entity.update : entity.other
  })()
  return { classUid: 3004, activity }
}

/** The line of an act. What has no place in the schema is left out, never written. @param how.uid for one that has been told elsewhere */
export function lineOf(entry: AuditEntry, at: number, how: { uid?: string; sealed?: boolean } = {}): AuditLine {
  const { classUid, activity } = classOf(entry.event)
  const { caller, subject, failure, count, door } = entry
  const line = {
    activity_id: activity,
    actor: { app_name: caller.kind, ...(isReference(caller.id) ? { session: { uid: caller.id } } : {}) },
    category_uid: classUid === 4001 ? (4 as const) : (3 as const),
    class_uid: classUid,
    ...(count === undefined ? {} : { count }),
    ...(door && door.purpose !== 'link' ? { dst_endpoint: { hostname: door.host, port: door.port } } : {}),
    ...(subject !== null && isReference(subject) ? { entity: { uid: subject } } : {}),
    metadata: {
      event_code: entry.event,
      ...(how.sealed ? { labels: ['sealed'] } : {}),
      product: { name: 'Alambic', vendor_name: 'Alambic' },
      uid: how.uid ?? randomUUID(),
      version: '1.9.0',
    },
    severity_id: failure === null ? 1 : 2,
    ...(failure === null ? {} : { status_code: failure }),
    status_id: failure === null ? 1 : 2,
    time: at,
    type_uid: classUid * 100 + activity,
    ...(door ? { unmapped: { purpose: door.purpose } } : {}),
  }
  return AuditLine.parse(line)
}

/** What a line says. @param leaf its place in the tree */
export function rowOf(leaf: number, line: AuditLine): AuditRow {
  const { metadata, actor, entity: of, status_code: failure, time, count, dst_endpoint: endpoint, unmapped } = line
  return {
    number: leaf + 1,
    at: time,
    event: metadata.event_code,
    caller: { kind: actor.app_name, id: actor.session?.uid ?? '' },
    subject: of?.uid ?? null,
    // A code of an older version may not be in this one's list any more; it is only shown.
    failure: (failure as ErrorCode | undefined) ?? null,
    ...(count === undefined ? {} : { count }),
    ...(endpoint && unmapped ? { door: { purpose: unmapped.purpose, host: endpoint.hostname, port: endpoint.port } } : {}),
  }
}

function isReference(text: string): boolean {
  return /^[\w.:-]{1,128}$/.test(text)
}
