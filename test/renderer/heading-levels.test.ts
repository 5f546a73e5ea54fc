/** Headings of documents jump as they like; what a screen reader is told must not. */
import { expect, it } from 'vitest'
import { headingLevels } from '../../renderer/ui/heading-levels.ts'

const said = (...levels: number[]): number[] => [
  ...headingLevels(
    levels.map((level, key) => ({ key, level })),
    2,
  ).values(),
]

it('never skips a level, and says equal ones alike', () => {
  expect(said(1, 2, 3, 2, 1)).toEqual([3, 4, 5, 4, 3])
  expect(said(2, 2, 4, 4, 3, 1)).toEqual([3, 3, 4, 4, 4, 3])
  expect(said(3, 1, 3)).toEqual([3, 3, 4])
})

it('goes no deeper than six', () => {
  expect(said(1, 2, 3, 4, 5, 6)).toEqual([3, 4, 5, 6, 6, 6])
})
