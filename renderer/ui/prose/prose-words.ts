/** The words that Prose needs; ui/ has none of its own. */
export interface ProseWords {
  copy: string
  copied: string
  /** Names the language of a code box; empty is plain text. */
  code(language: string): string
  /** Names a table, which can be scrolled. */
  table: string
  /** Stands in the place of a picture, which is never loaded. */
  image(description: string): string
}
