// The plain transcript has no end-of-turn token: its stop texts must end an answer however the text is cut.
import { expect, test } from 'vitest'
import { StopText } from '../../../electron/engine/prompt/stop-text.ts'

function run(text: string, size: number) {
  const stop = new StopText(['\nUser:', '\nAssistant:'])
  let shown = ''
  for (const piece of text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []) {
    const { text: more, stopped } = stop.push(piece)
    shown += more
    if (stopped) return { shown, stopped }
  }
  return { shown: shown + stop.flush(), stopped: false }
}

test.each([1, 2, 3, 4, 50])('in pieces of %d letters (bug: the model answers its own next question)', (size) => {
  expect(run('Paris.\nUser: And Rome?\nAssistant: x', size)).toEqual({ shown: 'Paris.', stopped: true })
  expect(run('A list:\n- User: one\n- Us', size)).toEqual({ shown: 'A list:\n- User: one\n- Us', stopped: false })
  expect(run('Cut off\nUse', size)).toEqual({ shown: 'Cut off\nUse', stopped: false })
})

test('without stop texts nothing is held back', () => {
  expect(new StopText([]).push('\nUser: x')).toEqual({ text: '\nUser: x', stopped: false })
})
