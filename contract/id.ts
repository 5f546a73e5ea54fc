/** What every noun is made of: its id, a time, a count. */
import { z } from 'zod'

/** A UUID, made by the host. */
export const Id = z.string().min(1).max(64)
/** Epoch milliseconds. */
export const Time = z.number()
export const Count = z.number().int().nonnegative()
