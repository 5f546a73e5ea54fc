/**
 * Which files an engine's process sees. Its view is fixed when it starts: the folders of models and of kept contexts are in it, and those
 * models in other programs' folders that were needed so far, file by file. Another one asks for a new start.
 */
import { relative, isAbsolute, sep } from 'node:path'
import { piecesOf } from '../models/library/gguf-split.ts'
import type { EngineFiles } from './fork-engine.ts'

export class SeenFiles {
  readonly #folders: EngineFiles
  readonly #outside = new Set<string>()

  /** @param folders that every process of this engine sees */
  constructor(folders: EngineFiles) {
    this.#folders = folders
  }

  /** What a process that starts now sees. */
  get all(): EngineFiles {
    return { ...this.#folders, reads: [...this.#folders.reads, ...this.#outside] }
  }

  /** Adds models to what is seen, with all their parts. @returns whether a process that started before sees them already */
  add(paths: readonly string[]): boolean {
    const missing = paths
      .flatMap((path) => piecesOf(path) ?? [path])
      .filter((path) => !this.#outside.has(path) && !this.#folders.reads.some((folder) => isInside(folder, path)))
    for (const path of missing) this.#outside.add(path)
    return missing.length === 0
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
