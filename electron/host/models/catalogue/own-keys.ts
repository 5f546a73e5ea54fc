/** The public keys of Alambic's publisher: part of the program, several so that one can follow another. */
import { z } from 'zod'
import { TrustedKey } from '../../base/signed-value.ts'
import list from '../../../../resources/trusted-keys.json' with { type: 'json' }

/** Whoever holds a private half of these may publish a catalogue, a bundle or a card in our name. */
export const ownKeys: readonly TrustedKey[] = z.array(TrustedKey).min(1).parse(list)
