/** What a run of vitest comes to, counted so that nothing that went wrong can look like a success. */

export interface Counts {
  passed: number
  failed: number
  /** What was not run, by name. */
  skipped: string[]
}

/** What is needed of vitest's JSON report. */
export interface VitestReport {
  testResults: {
    /** The file's path. */
    name: string
    status: string
    /** Epoch milliseconds. */
    startTime: number
    endTime: number
    assertionResults: { status: string; fullName: string }[]
  }[]
}

/** @param report null when vitest wrote none. @param exitCode of vitest. */
export function countTests(report: VitestReport | null, exitCode: number): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [] }
  for (const { status, assertionResults } of report?.testResults ?? []) {
    for (const { status: one, fullName } of assertionResults) {
      if (one === 'passed' || one === 'failed') counts[one]++
      else counts.skipped.push(fullName)
    }
    // A file that could not even be read has no tests, or none that failed, and is a failure.
    if (status === 'failed' && !assertionResults.some((one) => one.status === 'failed')) counts.failed++
  }
  // An error between tests, a report that was never written: vitest says so by its exit code alone.
  if ((exitCode !== 0 || counts.passed === 0) && counts.failed === 0) counts.failed++
  return counts
}

/** The files that took longest, a line each, the slowest first: where a suite that grows too slow is to be mended. */
export function slowestFiles(report: VitestReport | null, most: number, root: string): string[] {
  return (report?.testResults ?? [])
    .map(({ name, startTime, endTime }) => ({ file: name.replace(`${root}/`, ''), seconds: (endTime - startTime) / 1000 }))
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, most)
    .map(({ file, seconds }) => `${seconds.toFixed(1)} s  ${file}`)
}

/** A line for each test that was not run, and at the end `12 passed, 0 failed`. */
export function totalLines({ passed, failed, skipped }: Counts): string {
  return [...skipped.map((name) => `NOT RUN: ${name.replace(/^NOT RUN: /, '')}`), `${passed} passed, ${failed} failed`].join('\n')
}
