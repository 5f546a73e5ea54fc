/**
 * The profile of macOS' sandbox for a worker, as text: everything is refused but what is named. Written after Apple's own profiles in
 * /System/Library/Sandbox/Profiles; never run by us.
 */
import type { WorkerView } from './worker-view.ts'

/** Libraries, what the loader and Metal read, and where the time zone stands. */
const systemFiles = [
  ...[
    '/usr/lib',
    '/usr/share/icu',
    '/usr/share/zoneinfo',
    '/System/Library',
    '/System/Volumes/Preboot/Cryptexes',
    '/Library/GPUBundles',
  ],
  ...['/private/var/db/dyld', '/private/var/db/timezone', '/dev/null', '/dev/zero', '/dev/random', '/dev/urandom'],
]

/** @param program path of Node itself */
export function seatbeltProfile(program: string, { program: parts, reads, writes, card }: WorkerView): string {
  const paths = (all: readonly string[]): string => all.map((path) => `(subpath ${quoted(path)})`).join(' ')
  return [
    '(version 1)',
    '(deny default)',
    '(deny network*)',
    '(deny process-fork)',
    `(allow process-exec (literal ${quoted(program)}))`,
    '(allow signal (target self))',
    '(allow sysctl-read)',
    '(allow mach-lookup (global-name "com.apple.system.notification_center") (global-name "com.apple.system.opendirectoryd.libinfo"))',
    ...(card
      ? [
          '(allow iokit-open)',
          '(allow mach-lookup (global-name "com.apple.MTLCompilerService") (xpc-service-name "com.apple.MTLCompilerService"))',
        ]
      : []),
    // Names and sizes alone; the loader asks each folder on the way.
    '(allow file-read-metadata)',
    '(allow file-read-data (literal "/"))',
    `(allow file-read* ${paths([...systemFiles, program, ...parts, ...reads])})`,
    '(allow file-write-data (literal "/dev/null"))',
    ...(writes.length > 0 ? [`(allow file-read* file-write* ${paths(writes)})`] : []),
    '',
  ].join('\n')
}

/** A string of the profile's language: a path may hold quotes and backslashes. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
