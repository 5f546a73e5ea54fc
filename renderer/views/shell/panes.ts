/** F6: from one part of the window to the next, as desktop programs do. Panes carry `data-pane`. */

/** Moves the focus to the next pane (1) or the previous one (-1), round and round; hidden ones are passed over. */
export function stepPane(direction: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => pane.getClientRects().length > 0)
  if (panes.length === 0) return
  // The innermost: a pane may stand inside another.
  const here = document.activeElement?.closest<HTMLElement>('[data-pane]')
  const now = here ? panes.indexOf(here) : -1
  const next = panes[(now === -1 ? (direction === 1 ? 0 : panes.length - 1) : now + direction + panes.length) % panes.length]
  const start =
    next?.querySelector<HTMLElement>('[data-pane-start], [aria-current="page"]') ??
    next?.querySelector<HTMLElement>('a[href], button:not(:disabled), input:not(:disabled), textarea, [tabindex="0"]') ??
    next
  start?.focus()
}
