/** The part of the cipher variant of better-sqlite3 that the vault uses; the package's `exports` hide its own typings. */
declare module 'better-sqlite3' {
  interface RunResult {
    changes: number
    lastInsertRowid: number | bigint
  }

  interface Statement {
    run(...parameters: unknown[]): RunResult
    get(...parameters: unknown[]): unknown
    all(...parameters: unknown[]): unknown[]
    iterate(...parameters: unknown[]): IterableIterator<unknown>
  }

  export default class Database {
    constructor(path: string, options?: { fileMustExist?: boolean; timeout?: number })
    readonly open: boolean
    /** Takes the key as text in a buffer; unlike `PRAGMA key` it never reaches a log of statements. */
    key(key: Buffer): number
    /** Encrypts the open file anew under another key, in the same form. */
    rekey(key: Buffer): number
    pragma(text: string, options?: { simple?: boolean }): unknown
    prepare(sql: string): Statement
    exec(sql: string): this
    transaction<T>(work: () => T): { immediate(): T }
    close(): this
  }
}
