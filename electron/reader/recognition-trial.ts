/** Tries the data of a language before they are kept: what crashes or hangs does so here, in a process that is for nothing else. */
import { AppError } from '../../contract/errors.ts'
import type { GreyPicture } from './page-picture.ts'
import { TextRecogniser } from './text-recogniser.ts'

/** Recognises a small picture. @throws AppError recognition_data_wrong {reason} */
export async function tryRecognition(code: string, added: ReadonlyMap<string, Uint8Array>): Promise<void> {
  try {
    const recogniser = await TextRecogniser.open({ languages: [code], added })
    recogniser.recognise(trialPicture(), 1)
  } catch (error) {
    throw error instanceof AppError
      ? error
      : new AppError('recognition_data_wrong', 'Tesseract does not work with these data', { reason: 'unusable' })
  }
}

/** Two short lines of strokes that look like letters: what they are read as does not matter. */
function trialPicture(): GreyPicture {
  const letters = [
    '#..#.###.#...#....##.',
    '#..#.#...#...#...#..#',
    '####.##..#...#...#..#',
    '#..#.#...#...#...#..#',
    '#..#.###.###.###..##.',
  ]
  const dot = 6
  const [width, height] = [letters[0]!.length * dot + 60, letters.length * dot * 2 + 90]
  const pixels = new Uint8Array(width * height).fill(255)
  for (const top of [30, 60 + letters.length * dot]) {
    for (const [row, line] of letters.entries()) {
      for (const [column, mark] of [...line].entries()) {
        if (mark !== '#') continue
        for (let y = 0; y < dot; y++) {
          const from = (top + row * dot + y) * width + 30 + column * dot
          pixels.fill(0, from, from + dot)
        }
      }
    }
  }
  return { width, height, pixels }
}
