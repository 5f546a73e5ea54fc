/** What both linters keep from those who have no business with it: the network, the host's files, and how files are replaced. */

export const networkGlobals = ['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource'].map((name) => ({
  name,
  message: 'The network has one door: electron/host/network.ts. A page speaks through renderer/link.',
}))

export const pageImports = {
  patterns: [{ group: ['**/electron/**', 'electron'], message: 'The page knows the host only through contract/.' }],
}

/** A scanner of Windows holds files for a moment: who replaces or removes one tries again. */
export const fileCalls = ['node:fs', 'node:fs/promises'].map((name) => ({
  name,
  importNames: ['rename', 'renameSync', 'rm', 'rmSync', 'unlink', 'unlinkSync'],
  message: 'Use electron/host/base/patient-files.ts.',
}))
