// What a window says when an answer has ended behind another one, and the keys by which it grows and shrinks.
import { expect, test } from 'vitest'
import { AnswerNotice } from '../../../electron/shell/answer-notice.ts'
import { nextZoom, zoomStep } from '../../../electron/shell/window.ts'

function notices({ isSupported = true, isFocused = false, isMinimized = false } = {}) {
  const did: string[] = []
  let click = (): void => undefined
  const notice = new AnswerNotice({
    isSupported: () => isSupported,
    make: ({ title, body, silent }) => ({
      on: ((name: string, listener: () => void) => {
        if (name === 'click') click = listener
      }) as never,
      show: () => void did.push(`${title}: ${body}${silent ? '' : ' (aloud)'}`),
    }),
    window: () => ({
      isFocused: () => isFocused,
      isMinimized: () => isMinimized,
      restore: () => void did.push('restore'),
      show: () => void did.push('show'),
      focus: () => void did.push('focus'),
      flashFrame: () => void did.push('flash'),
    }),
  })
  return { notice, did, click: () => click() }
}

test('an answer that ends behind another window is said, without a sound, and a click brings the window', () => {
  const { notice, did, click } = notices({ isMinimized: true })
  notice.show('The answer has ended.')
  expect(did).toEqual(['Alambic: The answer has ended.'])
  click()
  expect(did.slice(1)).toEqual(['restore', 'show', 'focus'])
})

test('nothing is said to whoever looks at the window, and where the system says nothing the window asks for attention', () => {
  const front = notices({ isFocused: true })
  front.notice.show('The answer has ended.')
  expect(front.did).toEqual([])
  const silent = notices({ isSupported: false })
  silent.notice.show('The answer has ended.')
  expect(silent.did).toEqual(['flash'])
})

const press = (key: string, code: string, more: Partial<Parameters<typeof zoomStep>[0]> = {}) => ({
  ...{ type: 'keyDown' as const, key, code, control: true, meta: false, alt: false },
  ...more,
})

test.each([
  ['+ of an English keyboard', press('+', 'Equal'), 1],
  ['= without Shift', press('=', 'Equal'), 1],
  ['+ of a German keyboard', press('+', 'BracketRight'), 1],
  ['+ of the number pad', press('+', 'NumpadAdd'), 1],
  ['-', press('-', 'Minus'), -1],
  ['- of a French keyboard', press('-', 'Digit6'), -1],
  ['0', press('0', 'Digit0'), 0],
  ['0 of a French keyboard, without Shift', press('à', 'Digit0'), 0],
  ['a key that comes up', press('+', 'Equal', { type: 'keyUp' }), null],
  ['+ alone', press('+', 'Equal', { control: false }), null],
  ['AltGr, which is Control and Alt', press('+', 'Equal', { alt: true }), null],
  ['6, which a French keyboard writes with Shift', press('6', 'Digit6'), null],
])('%s', (_name, input, step) => {
  expect(zoomStep(input, 'linux')).toBe(step)
  // On a Mac the same keys want Command, and Control is for models.
  expect(zoomStep(input, 'darwin')).toBe(null)
  expect(zoomStep({ ...input, control: false, meta: input.control }, 'darwin')).toBe(step)
})

test('it grows and shrinks in steps, within bounds, and comes back', () => {
  expect([nextZoom(0, 1), nextZoom(0.5, -1), nextZoom(3.5, 0)]).toEqual([0.5, 0, 0])
  let level = 0
  for (let times = 0; times < 40; times++) level = nextZoom(level, 1)
  expect(1.2 ** level).toBeGreaterThan(2)
  expect(level).toBe(6)
  for (let times = 0; times < 40; times++) level = nextZoom(level, -1)
  expect(level).toBe(-4)
})
