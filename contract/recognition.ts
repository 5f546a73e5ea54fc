/** The languages that text in pictures is recognised in (OCR): two come with the application, others are added from files. */
import { z } from 'zod'
import { Count, Time } from './id.ts'

/** As tesseract names them: `deu`, `chi_sim`, `Cyrillic`. It is part of a file's name, so no path can be made of it. */
export const RecognitionCode = z.string().regex(/^[A-Za-z][A-Za-z_]{2,30}$/)

/** The more languages at once, the slower and the less sure. */
export const RecognitionCodes = z.array(RecognitionCode).min(1).max(4)

export const RecognitionLanguage = z.object({
  code: RecognitionCode,
  shipped: z.boolean(),
  /** Of the file that was added; null for those that come with the application. */
  sizeBytes: Count.nullable(),
  addedAt: Time.nullable(),
  /** Its file is gone. */
  missing: z.boolean(),
})
export type RecognitionLanguage = z.infer<typeof RecognitionLanguage>
