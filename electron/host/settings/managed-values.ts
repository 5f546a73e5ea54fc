/** What administrators have written for this machine, before anybody knows whether it makes sense. One source a system. */

/** Whom it is written for. */
export type PolicyScope = 'machine' | 'user'
/** Whether it is fixed, or only what holds until a person chooses. */
export type PolicyLevel = 'mandatory' | 'recommended'

/** Something under a policy's name. Of the same name, level and scope the last counts. */
export interface ManagedValue {
  name: string
  value: unknown
  /** Where it stands, in words of the system: a file, a registry key. */
  origin: string
  scope: PolicyScope
  level: PolicyLevel
}

/** What a source says. `unread` are places that exist and could not be read: whatever they fix is not known, so everything restrictive closes. */
export interface ManagedReading {
  values: ManagedValue[]
  unread: string[]
}

/** Reads what is set now. It never throws. */
export type ManagedSource = () => ManagedReading
