/** The vault's own process: derives keys, judges passphrases, copies and checks databases and brings them to a newer shape. Ends with the host. Only wiring. */
import { serve } from '../contract/link.ts'
import { guardOwnProcess } from './host/base/own-process.ts'
import { verifyCopy } from './host/vault/backup/snapshot.ts'
import { migrateFile } from './host/vault/files/migrated-file.ts'
import { copyUnderKey } from './host/vault/files/rekeyed-copy.ts'
import { keyWorkContract } from './host/vault/keys/key-work.ts'
import { keyWorkHandlers } from './host/vault/keys/key-work-handlers.ts'
import { parentPort } from './worker/parent-port.ts'

// Electron starts it out of a process that was there before the host's guard.
guardOwnProcess()
serve(
  parentPort(),
  keyWorkContract,
  keyWorkHandlers({ copy: copyUnderKey, check: verifyCopy, migrate: migrateFile }),
  (error, method) => {
    // Its name and where it happened, never its message.
    const told = `${method}: ${
      error instanceof Error
        ? `${error.name} ${
            error.stack
              ?.split('\n')
              .find((line) => /^\s+at /.test(line))
              ?.trim() ?? ''
          }`
        : 'unknown'
    }`
    process.stderr.write(`${told}\n`)
    return told
  },
)
