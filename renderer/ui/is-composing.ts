/** Whether a key press belongs to an input method or a dead key: then it writes, whichever key it is. Safari tells by the code alone. */
export function isComposing({ isComposing, keyCode, key }: { isComposing: boolean; keyCode: number; key: string }): boolean {
  return isComposing || keyCode === 229 || key === 'Process' || key === 'Dead'
}
