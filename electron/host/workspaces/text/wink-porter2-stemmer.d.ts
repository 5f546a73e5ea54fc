/** The package brings no typings: one function is its whole. */
declare module 'wink-porter2-stemmer' {
  const stem: (word: string) => string
  export default stem
}
