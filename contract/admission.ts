/**
 * How a page behind loopback and its host prove themselves to each other before the link's first frame. No secret travels but the one
 * that the host gives at the end: each side signs what the other drew, so a program that took the port over learns nothing and is not believed.
 */
import { z } from 'zod'

/** 128 random bits as base64url. */
const nonce = z.string().regex(/^[\w-]{22}$/)
/** 256 bits as base64url: a secret, or an HMAC-SHA-256. */
const long = z.string().regex(/^[\w-]{43}$/)

/** Said by the page first: by which secret it will prove itself. A token is the one of the address, a pass was given by an earlier welcome. */
export const knockSchema = z.strictObject({ t: z.literal('knock'), by: z.enum(['token', 'pass']), nonce })
/** The host's proof, and what the page has to sign. */
export const challengeSchema = z.strictObject({ t: z.literal('challenge'), nonce, mac: long })
/** The page's proof. */
export const answerSchema = z.strictObject({ t: z.literal('answer'), mac: long })
/** The end: `pass` opens further links of this run of the host, `ticket` sends files as long as this link stands. */
export const welcomeSchema = z.strictObject({ t: z.literal('welcome'), pass: long, ticket: long })

/** Which secret a page proves itself by. */
export type ProvenBy = z.infer<typeof knockSchema>['by']
export type Welcome = z.infer<typeof welcomeSchema>

/** The close code of a socket whose page did not prove itself (4000 to 4999 are free for applications: RFC 6455, 7.4.2). */
export const refusedCloseCode = 4401
/** The header of an upload that carries the link's ticket. No page of another origin can set it without being asked first. */
export const ticketHeader = 'x-alambic-ticket'
/** Where an address with a token leads: to the page, without anything that a browser has kept of whoever had the port before. */
export const openingPath = '/open'
/** What stands before the token in the address's fragment, which no browser sends anywhere. */
export const tokenPrefix = '#enter='

/** The text that a side signs with the shared secret. The sides' texts differ, so that no proof can be sent back as one's own. */
export function provenText(side: 'host' | 'page', pageNonce: string, hostNonce: string): string {
  return `alambic-link-1 ${side} ${pageNonce} ${hostNonce}`
}
