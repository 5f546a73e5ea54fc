/** Alambic behind a command line, for administrators: only wiring. */
import { runCommand } from './host/command-line.ts'

process.exitCode = await runCommand(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
