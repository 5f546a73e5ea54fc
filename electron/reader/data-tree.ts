/** Data that a file names and nests, as JSON and XML do: what a tree of it is made of, and how large one may be. */

/** A value as it is shown, or what holds further ones. */
export type DataNode = string | DataObject | DataList

/** Values with names, in the order of the file; a name may stand twice. */
export interface DataObject {
  kind: 'object'
  members: [name: string, value: DataNode][]
}

/** Values without names. */
export interface DataList {
  kind: 'list'
  items: DataNode[]
}

/** Levels within one another that are shown; what lies deeper was made by a program for itself, or to break another. */
export const shownLevels = 200
