/** Gives a field the focus, unless a person is writing somewhere else, or a dialog is open: the focus is never taken from a hand. */
export function takeFocus(field: HTMLElement | null): void {
  const { activeElement } = document
  if (
    activeElement?.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]') &&
    activeElement !== field
  )
    return
  field?.focus()
}
