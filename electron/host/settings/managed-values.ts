/** What administrators have written for this machine, before anybody knows whether it makes sense. One source a system. */

/** Something under a policy's name. The first of the same name counts: machine before person. */
export interface ManagedValue {
  name: string
  value: unknown
  /** Where it stands, in words of the system: a file, a registry key. */
  origin: string
}

/** What a source says. `unread` are places that exist and could not be read: whatever they fix is not known, so everything restrictive closes. */
export interface ManagedReading {
  values: ManagedValue[]
  unread: string[]
}

/** Reads what is set now. It never throws. */
export type ManagedSource = () => ManagedReading
