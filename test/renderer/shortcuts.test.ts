/** Which key does what: catches a plain key that acts while one is typing, and a shortcut that another layout swallows. */
import { describe, expect, it, vi } from 'vitest'
import { Shortcuts, type KeyPress, type Shortcut } from '../../renderer/state/shortcuts.ts'
import { en } from '../../renderer/i18n/en.ts'
import { fr } from '../../renderer/i18n/fr.ts'

class Element extends EventTarget {
  readonly tagName: string
  readonly isContentEditable: boolean = false
  constructor(tagName: string) {
    super()
    this.tagName = tagName
  }
}
vi.stubGlobal('HTMLElement', Element)

/** What a browser would hand over, as far as shortcuts look at it. */
function press(
  key: string,
  more: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> & { code?: string; in?: string } = {},
): KeyPress & { used: boolean } {
  const event = {
    key,
    code: more.code ?? '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    defaultPrevented: false,
    target: new Element(more.in ?? 'BODY'),
    used: false,
    preventDefault: () => void (event.used = true),
    ...more,
  }
  return event
}

function one(
  keys: string,
  more: Partial<Shortcut> = {},
  mac = false,
): { shortcuts: Shortcuts; run: ReturnType<typeof vi.fn>; undo: () => void } {
  const shortcuts = new Shortcuts(mac)
  const run = vi.fn()
  const undo = shortcuts.register({ keys, says: (text) => text.app.lock, run, ...more })
  return { shortcuts, run, undo }
}

describe('shortcuts', () => {
  it.each([
    ['mod+l', press('l', { ctrlKey: true })],
    ['mod+shift+f', press('F', { ctrlKey: true, shiftKey: true })],
    ['?', press('?', { shiftKey: true })],
    ['F6', press('F6', { in: 'TEXTAREA' })],
    ['alt+1', press('&', { altKey: true, code: 'Digit1' })],
    ['mod+n', press('n', { ctrlKey: true, in: 'INPUT' })],
  ])('%s acts', (keys, event) => {
    const { shortcuts, run } = one(keys)
    shortcuts.handle(event)
    expect(run).toHaveBeenCalledOnce()
    expect(event.used).toBe(true)
  })

  it.each([
    ['?', press('?', { shiftKey: true, in: 'TEXTAREA' })],
    ['mod+l', press('l')],
    ['mod+l', press('l', { ctrlKey: true, shiftKey: true })],
    ['mod+l', press('l', { ctrlKey: true, altKey: true })],
    ['mod+l', press('l', { metaKey: true })],
    ['F6', press('F6', { shiftKey: true })],
  ])('%s leaves another press alone', (keys, event) => {
    const { shortcuts, run } = one(keys)
    shortcuts.handle(event)
    expect(run).not.toHaveBeenCalled()
    expect(event.used).toBe(false)
  })

  it('takes Control and a digit on a Mac for students, and leaves Option and a digit to what it writes', () => {
    const { shortcuts, run } = one('ctrl+1', { inFields: true }, true)
    shortcuts.handle(press('¡', { altKey: true, code: 'Digit1' }))
    shortcuts.handle(press('1', { metaKey: true, code: 'Digit1' }))
    expect(run).not.toHaveBeenCalled()
    shortcuts.handle(press('&', { ctrlKey: true, code: 'Digit1' }))
    expect(run).toHaveBeenCalledOnce()
  })

  it('uses the command key on a Mac', () => {
    const { shortcuts, run } = one('mod+l', {}, true)
    shortcuts.handle(press('l', { ctrlKey: true }))
    expect(run).not.toHaveBeenCalled()
    shortcuts.handle(press('l', { metaKey: true }))
    expect(run).toHaveBeenCalledOnce()
  })

  it('prefers the newest, and falls back when it is taken back or does not want to', () => {
    const { shortcuts, run } = one('Escape')
    const newer = vi.fn()
    let wants = true
    const undo = shortcuts.register({ keys: 'Escape', says: (text) => text.app.close, run: newer, when: () => wants })
    shortcuts.handle(press('Escape'))
    wants = false
    shortcuts.handle(press('Escape'))
    undo()
    shortcuts.handle(press('Escape'))
    expect([newer.mock.calls.length, run.mock.calls.length]).toEqual([1, 2])
    expect(shortcuts.all).toHaveLength(1)
  })

  it('names keys in the language of the page', () => {
    const { shortcuts } = one('mod+shift+f')
    expect(shortcuts.keyNames('mod+shift+f', en)).toEqual(['Ctrl', 'Shift', 'F'])
    expect(shortcuts.keyNames('mod+shift+f', fr)).toEqual(['Ctrl', 'Maj', 'F'])
    expect(shortcuts.keyNames('Escape', fr)).toEqual(['Échap'])
  })
})
