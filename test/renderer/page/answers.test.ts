// The real page in Chromium over the fake host: an answer is edited, asked for again of another model, found far up, and told to think or not.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPageRoom, type PageRoom } from '../../fixtures/page-room.ts'

let room: PageRoom
beforeAll(async () => {
  room = await openPageRoom()
})
afterAll(() => room.close())

const talk = '?scenario=chat-talk#/chat/talk'
const kept = (page: Page): Promise<(string | null)[]> =>
  page.evaluate(() => window.host.chat.drafts.value.map(({ text }) => text))
async function beginEdit(page: Page) {
  const turn = page.locator('.turn').last()
  await turn.hover()
  await turn.getByRole('button', { name: 'Edit answer' }).click()
  return page.getByRole('textbox', { name: 'The answer, in Markdown' })
}

describe('an answer that is edited', () => {
  test('is a draft until it is kept: updates, failures, leaving and Esc take nothing of it', async () => {
    const { page, complaints } = await room.open(talk)
    const field = await beginEdit(page)
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await field.inputValue()).toContain('Madame, Monsieur,\n\nPar la présente')
    await field.fill('Madame,')
    // Enter begins a line here, and never sends.
    await field.press('End')
    await field.press('Enter')
    await field.pressSequentially('**congé**')
    await expect.poll(() => kept(page)).toEqual(['Madame,\n**congé**'])
    await page.evaluate(() => window.host.chat.put(structuredClone(window.app.chat.thread!.conversation!)))
    await page.evaluate(() => void window.host.failures.set('chat.edit', window.fail('disk_full')))
    await field.press('Control+Enter')
    await page.locator('.trouble').getByText('disk', { exact: false }).waitFor()
    expect(await field.inputValue()).toBe('Madame,\n**congé**')
    await page.evaluate(() => (location.hash = '#/chat/other-2'))
    await field.waitFor({ state: 'detached' })
    await page.evaluate(() => (location.hash = '#/chat/talk'))
    await field.waitFor()
    await field.press('Escape')
    await page.getByText('Discard your changes?').waitFor()
    await page.getByRole('button', { name: 'Keep editing' }).click()
    expect(await field.inputValue()).toBe('Madame,\n**congé**')
    await page.evaluate(() => window.host.failures.clear())
    await page.getByRole('button', { name: 'Keep this version' }).click()
    const answer = page.locator('.answer').last()
    await answer.locator('strong', { hasText: 'congé' }).waitFor()
    await answer.getByText('Edited by hand', { exact: true }).waitFor()
    await page.locator('.turn').last().getByText('2 / 2').waitFor()
    await expect.poll(() => kept(page)).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  })

  test('says about itself what is true, and leads back to the original, which is as it was', async () => {
    const { page } = await room.open(talk)
    const before = await page.locator('.answer').last().locator('.prose-box').innerText()
    const field = await beginEdit(page)
    await field.fill('Mine')
    await page.getByRole('button', { name: 'Keep this version' }).click()
    const turn = page.locator('.turn').last()
    await turn.getByText('Edited by hand', { exact: true }).waitFor()
    // Nobody writes on at a person’s words, and no model is named for them.
    expect(await turn.getByRole('button', { name: 'Continue the answer' }).count()).toBe(0)
    expect(await turn.locator('.who').innerText()).not.toContain('Llama')
    await turn.hover()
    await turn.getByRole('button', { name: 'About this answer' }).click()
    await page.getByText('This version was written by hand').waitFor()
    await page.getByRole('button', { name: 'Show the original' }).click()
    await expect.poll(() => page.locator('.answer').last().locator('.prose-box').innerText()).toBe(before)
    await turn.getByText('1 / 2').waitFor()
    await page.close()
  })

  test('stays a draft while another answer is written, and cannot be kept then', async () => {
    const { page } = await room.open(talk)
    const field = await beginEdit(page)
    await field.fill('Mine')
    await page.evaluate(() => {
      window.host.chat.wordMs = 100_000
      void window.app.chat.send('More')
    })
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    expect(await page.getByRole('button', { name: 'Keep this version' }).isDisabled()).toBe(true)
    await field.press('Control+Enter')
    expect(await field.inputValue()).toBe('Mine')
    await page.close()
  })

  test('is asked for in French as well', async () => {
    const { page } = await room.open(talk)
    await page.evaluate(() => window.app.speak('fr'))
    const turn = page.locator('.turn').last()
    await turn.hover()
    await turn.getByRole('button', { name: 'Modifier la réponse' }).click()
    await page.getByRole('textbox', { name: 'La réponse, en Markdown' }).fill('À moi')
    await page.getByRole('button', { name: 'Garder cette version' }).click()
    await turn.getByText('Modifiée à la main', { exact: true }).waitFor()
    await page.close()
  })
})

test('another model answers the same question beside the first, chosen from those that can', async () => {
  const { page, complaints } = await room.open(talk)
  const turn = page.locator('.turn').last()
  await turn.hover()
  await turn.getByRole('button', { name: 'Answer with another model' }).click()
  const menu = page.getByRole('menu', { name: 'Answer with another model' })
  const usable = await page.evaluate(() => window.app.models.usable.map(({ id, name }) => ({ id, name })))
  await expect.poll(() => menu.getByRole('menuitemcheckbox').count()).toBe(usable.length)
  const other = usable.find(({ id }) => id !== 'llama-3b')
  await menu.getByRole('menuitemcheckbox', { name: other?.name ?? '' }).click()
  await turn.getByText('2 / 2').waitFor()
  expect(await page.evaluate(() => window.host.chat.wishes)).toEqual([{ modelId: other?.id, thinking: undefined }])
  expect(complaints).toEqual([])
  await page.close()
})

describe('thinking first', () => {
  test('is offered where the model can be told of it, and goes along with questions until it is chosen otherwise', async () => {
    const { page, complaints } = await room.open(talk)
    const chip = page.getByRole('button', { name: /^Think first/ })
    expect(await chip.count()).toBe(0)
    await page.evaluate(() => {
      const { models, ...rest } = window.host.models.value
      window.host.models.set({
        ...rest,
        models: models.map((model) => (model.id === 'llama-3b' ? { ...model, thinking: ['off', 'on'] } : model)),
      })
    })
    await chip.click()
    const menu = page.getByRole('menu', { name: 'Think first' })
    await expect.poll(() => menu.getByRole('menuitemcheckbox').allInnerTexts()).toEqual(['As usual', 'No', 'Yes'])
    await menu.getByRole('menuitemcheckbox', { name: 'No' }).click()
    await page.getByRole('button', { name: 'Think first: No' }).waitFor()
    for (const question of ['One', 'Two']) {
      await page.getByRole('textbox', { name: 'Your message' }).fill(question)
      await page.keyboard.press('Enter')
      await expect.poll(() => page.evaluate(() => window.app.chat.thread?.writing ?? null)).toBe(null)
    }
    const turn = page.locator('.turn').last()
    await turn.hover()
    await turn.getByRole('button', { name: 'Answer again' }).click()
    await expect
      .poll(() => page.evaluate(() => window.host.chat.wishes.map(({ thinking }) => thinking)))
      .toEqual(['off', 'off', 'off'])
    expect(complaints).toEqual([])
    await page.close()
  })

  test('is a part of an answer style, where a model here can be told of it', async () => {
    const { page } = await room.open(talk)
    await page.evaluate(async () => {
      const { models, ...rest } = window.host.models.value
      window.host.models.set({ ...rest, models: models.map((model) => ({ ...model, thinking: ['brief', 'thorough'] })) })
      const { builtIn: _, ...fields } = window.app.chat.presets.all[0]!
      await window.app.chat.presets.save({ ...fields, id: 'mine', name: 'Mine' })
      await window.app.chat.configure({ presetId: 'mine' })
    })
    await page.getByRole('button', { name: 'Side panel' }).click()
    await page.getByRole('combobox', { name: 'Think first' }).selectOption({ label: 'Briefly' })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect.poll(() => page.evaluate(() => window.app.chat.preset?.thinking)).toBe('brief')
    await page.getByRole('button', { name: /^Think first: As the answer style says \(briefly\)/ }).waitFor()
    await page.close()
  })
})

describe('a message that was found', () => {
  async function long(page: Page): Promise<void> {
    await page.evaluate(() => {
      const [question, answer] = window.app.chat.thread!.messages
      const messages = Array.from({ length: 4000 }, (_, at) => ({
        ...(at % 2 === 0 ? question! : answer!),
        id: `m${at}`,
        parentId: at === 0 ? null : `m${at - 1}`,
        siblings: [`m${at}`],
        text: at === 1201 ? 'The needle of the haystack' : `${at % 2 === 0 ? 'Question' : 'Answer'} ${at}`,
      }))
      window.host.chat.put({ ...window.app.chat.thread!.conversation!, id: 'long', title: 'Long', messages })
    })
  }
  const found = (page: Page) => page.locator('[data-found]')
  const isInView = (page: Page): Promise<boolean> =>
    found(page).evaluate((element) => {
      const view = element.closest('[role="log"]')!.getBoundingClientRect()
      const { top, bottom } = element.getBoundingClientRect()
      return top >= view.top - 1 && bottom <= view.bottom + 1
    })

  test('far up is scrolled to and marked, again when it is chosen again, and stays where it is', async () => {
    const { page } = await room.open(talk)
    await long(page)
    await page.getByRole('searchbox', { name: 'Search' }).fill('needle')
    const hit = page.locator('a.hit')
    await hit.click()
    await found(page).getByText('The needle of the haystack').waitFor()
    await expect.poll(() => isInView(page)).toBe(true)
    await page.waitForTimeout(200)
    expect(await isInView(page)).toBe(true)
    await page.getByRole('log').evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
    expect(await isInView(page)).toBe(false)
    await hit.click()
    await expect.poll(() => isInView(page)).toBe(true)
    await page.close()
  })

  test('is in the address: a link and a reload go there, and an address of nothing says so and pulls nobody about', async () => {
    const { page } = await room.open(talk)
    await long(page)
    await page.evaluate(() => (location.hash = '#/chat/long/m40'))
    await found(page).getByText('Question 40').waitFor()
    await expect.poll(() => isInView(page)).toBe(true)
    await page.evaluate(() => (location.hash = '#/chat/long/nothing'))
    await page.locator('.trouble').first().waitFor()
    await page.close()
  })

  test('on another branch is shown with its branch', async () => {
    const { page } = await room.open(talk)
    await page.evaluate(async () => {
      window.host.chat.wordMs = 0
      await window.app.chat.thread!.retry('answer-2')
    })
    const turn = page.locator('.turn').last()
    await turn.getByText('2 / 2').waitFor()
    await expect.poll(() => page.evaluate(() => window.app.chat.thread?.writing ?? null)).toBe(null)
    await page.evaluate(() => (location.hash = '#/chat/talk/answer-2'))
    await turn.getByText('1 / 2').waitFor()
    await found(page).getByText('Par la présente').waitFor()
    await page.close()
  })

  test('loses its mark when a new answer begins, which is shown', async () => {
    const { page } = await room.open(talk)
    await page.evaluate(() => (location.hash = '#/chat/talk/question'))
    await found(page).waitFor()
    await page.getByRole('textbox', { name: 'Your message' }).fill('And now?')
    await page.keyboard.press('Enter')
    await found(page).waitFor({ state: 'detached' })
    await page.locator('.answer').last().getByText('Nothing leaves this machine').waitFor()
    await page.close()
  })
})
