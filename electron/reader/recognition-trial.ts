/** Tries the data of a language before they are kept: what crashes or hangs does so here, in a reader that is for nothing else. */
import { AppError } from '../../contract/errors.ts'
import type { GiveData } from './given-data.ts'
import type { GreyPicture } from './page-picture.ts'
import { TextRecogniser } from './text-recogniser.ts'

/** Recognises a small picture. @throws AppError recognition_data_wrong {reason} */
export async function tryRecognition(code: string, added: ReadonlyMap<string, Uint8Array>, data: GiveData): Promise<void> {
  try {
    const recogniser = await TextRecogniser.open({ languages: [code], added }, data)
    await recogniser.recognise(trialPicture(), 1, () => Promise.resolve())
  } catch (error) {
    throw error instanceof AppError
      ? error
      : new AppError('recognition_data_wrong', 'Tesseract does not work with these data', { reason: 'unusable' })
  }
}

const letters = [
  '#..#.###.#...#....##.',
  '#..#.#...#...#...#..#',
  '####.##..#...#...#..#',
  '#..#.#...#...#...#..#',
  '#..#.###.###.###..##.',
]
const letterColumns = 21
/** Pixels of a dot's side, and of the white around a line. */
const dot = 6
const margin = 30

/** A line of strokes that look like letters: what they are read as does not matter. */
function trialPicture(): GreyPicture {
  const width = letterColumns * dot + 2 * margin
  const height = letters.length * dot + 2 * margin
  const pixels = new Uint8Array(width * height).fill(255)
  for (const [row, line] of letters.entries()) {
    for (const [column, mark] of [...line].entries()) {
      const from = (margin + row * dot) * width + margin + column * dot
      if (mark === '#') for (let y = 0; y < dot; y++) pixels.fill(0, from + y * width, from + y * width + dot)
    }
  }
  return { width, height, pixels }
}
