/**
 * Tells zod not to try whether it may make code from text: the page's policy forbids it, and each try is reported as a
 * violation. Must be imported before the contract, whose schemas try when they are made.
 */
import { z } from 'zod'

z.config({ jitless: true })
