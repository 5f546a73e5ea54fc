/** What a run of vitest comes to, counted so that nothing that went wrong can look like a success. */

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** What is needed of vitest's JSON report. */
export interface VitestReport {
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/** @param report null when vitest wrote none. @param exitCode of vitest. */
export function countTests(report: VitestReport | null, exitCode: number): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { status, assertionResults } of report?.testResults ?? []) {
    for (const { status: one } of assertionResults) counts[one === 'passed' || one === 'failed' ? one : 'skipped']++
    // A file that could not even be read has no tests, or none that failed, and is a failure.
    if (status === 'failed' && !assertionResults.some((one) => one.status === 'failed')) counts.failed++
  }
  // An error between tests, a report that was never written: vitest says so by its exit code alone.
  if ((exitCode !== 0 || counts.passed === 0) && counts.failed === 0) counts.failed++
  return counts
}

/** `12 passed, 0 failed`, and the skipped where there are any. */
export function totalLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
