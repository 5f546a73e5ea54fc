// Code and tables inside of lists and quotes in the real page: they have the boxes that others have, also while the list is written.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPageRoom, type PageRoom } from '../../fixtures/page-room.ts'

let room: PageRoom
beforeAll(async () => {
  room = await openPageRoom()
})
afterAll(() => room.close())

test('code and tables in list items and quotes have their boxes (bug: bare code without a button that copies it)', async () => {
  const { page, complaints } = await room.open('?scenario=chat-nested#/chat/talk')
  const answer = page.locator('.answer')
  await answer.locator('li .code-box .hljs-keyword').first().waitFor()
  const told = await answer.evaluate((root) => ({
    code: [...root.querySelectorAll('li > .code-box code, blockquote > .code-box code')].map((code) => code.textContent),
    copies: root.querySelectorAll('.code-box button').length,
    bare: root.querySelectorAll('pre:not(.code-box pre)').length,
    tables: [...root.querySelectorAll('li > .table-box[tabindex="0"] > table')].length,
    order: [...(root.querySelector('ol > li')?.children ?? [])].map((part) => part.className || part.tagName),
  }))
  expect(told).toEqual({
    code: ['SELECT 1\nFROM a', 'ls -l'],
    copies: 2,
    bare: 0,
    tables: 1,
    order: ['P', expect.stringContaining('code-box'), 'P'],
  })
  expect(complaints).toEqual([])
  await page.close()
})
