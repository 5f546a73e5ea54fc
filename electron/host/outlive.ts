/** The last line of defence: what nobody caught is written down under a reference, and the host goes on. Every other line is where the work is. */

/**
 * @param process the one that is to go on; rejections and exceptions of its workers are their own
 * @param onBug writes it down
 */
export function outliveBugs(process: NodeJS.EventEmitter, onBug: (error: unknown, where: string) => void): void {
  process.on('unhandledRejection', (error: unknown) => onBug(error, 'unhandled rejection'))
  // What was being done is lost; files are written in transactions and by renames, and are as they were before.
  process.on('uncaughtException', (error: unknown) => onBug(error, 'uncaught exception'))
}
