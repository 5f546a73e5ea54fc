/** Finds the process that is held inside walls: `bwrap` and `unshare` start a first process in a list of its own, and that the worker (Linux). */
import { readdirSync, readFileSync } from 'node:fs'

/** @param pid of the walls' own process. @returns null while the worker has not been started, or where the system does not tell */
export function heldProcess(pid: number): number | null {
  const children = new Map<number, number>()
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return null
  }
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(Number(name))
    if (parent !== null) children.set(parent, Number(name))
  }
  const first = children.get(pid)
  return first === undefined ? null : (children.get(first) ?? null)
}

function parentOf(pid: number): number | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may hold brackets and spaces itself (proc_pid_stat(5)).
    return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
