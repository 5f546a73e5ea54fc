/** Addresses that settings may name. */
import { z } from 'zod'

/** An https address without a query, a fragment or a name: nothing can be smuggled out in it unseen. */
export const PlainAddress = z
  .url({ protocol: /^https$/ })
  .max(500)
  .regex(/^https:\/\/[^/?#@\\]+(\/[^?#\\]*)?$/i)
