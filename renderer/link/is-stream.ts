/** Which methods of the contract are streams: they outlive a lost link, calls do not. */
import { contract } from '../../contract/contract.ts'

const streams = new Set(
  Object.entries(contract).flatMap(([area, methods]) =>
    Object.entries(methods)
      .filter(([, spec]: [string, { kind: string }]) => spec.kind === 'stream')
      .map(([name]) => `${area}.${name}`),
  ),
)

/** @param method as frames name it: `models.state`. */
export function isStream(method: string): boolean {
  return streams.has(method)
}
