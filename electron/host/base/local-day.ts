/** The day as it is called here, for names of files: `toISOString` says that of Greenwich, which is tomorrow on an evening in America. */

/** @returns 2026-11-30 */
export function localDay(time: number): string {
  const at = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}
