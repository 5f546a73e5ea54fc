/** The catalogue that comes with the application – families of students under their teachers – and what is reckoned of any student. */
import { Catalogue, type CatalogueStudent } from '../../../../contract/catalogue.ts'
import list from '../../../../resources/catalogue.json' with { type: 'json' }

/** Parsed once, and checked by a test: a program with a catalogue that does not parse is not built. */
export const builtInCatalogue: Catalogue = Catalogue.parse(list)

/**
 * Bits that a weight takes on disk, by quantisation, for files whose size nobody has told: what llama.cpp's own quantisation
 * table measures on Llama 3.1 8B (tools/quantize/README.md).
 */
const bitsPerWeight: Record<string, number> = {
  Q4_0: 4.66,
  Q4_1: 5.12,
  Q4_K_M: 4.89,
  Q5_K_M: 5.7,
  Q6_K: 6.56,
  Q8_0: 8.5,
  F16: 16,
}
const usualBitsPerWeight = 4.89

/** Bytes of a student's file: its own where they are known, else reckoned from its parameters. */
export function sizeOf({ file, parameters, quantisation }: CatalogueStudent): { bytes: number; exact: boolean } {
  const sum = file?.pieces?.reduce<number | null>(
    (all, piece) => (all === null ? null : piece.sizeBytes && all + piece.sizeBytes),
    0,
  )
  const known = file?.sizeBytes ?? sum
  if (typeof known === 'number') return { bytes: known, exact: true }
  return { bytes: Math.round((parameters * (bitsPerWeight[quantisation] ?? usualBitsPerWeight)) / 8), exact: false }
}

/**
 * Bytes of keys and values that one token of context takes, reckoned from the parameters alone: half precision, grouped heads
 * of 128. Exact for Llama 3.1 8B (128 KiB) and Qwen 2.5 32B (256 KiB); 18 % too much for Llama 3.1 70B, a third too little for
 * Llama 3.2 3B.
 */
export function cacheBytesPerToken(parameters: number): number {
  return 131_072 * Math.sqrt(parameters / 8e9)
}
