/**
 * Sentences that say that the sources say nothing: they claim nothing that could be checked. Told by who is silent and by what it does not
 * do, never by a denial and a word that happens to be a source's: “the tenant may give no information” is a claim.
 */

const source = String.raw`(?:sources?|documents?|passages?|excerpts?|texts?|context|textes?|extraits?|contexte)`
/** What a person calls a document; of these only the silence is believed, since “the lease does not include heating” is a claim. */
const named = String.raw`(?:lease|contract|agreement|policy|letter|report|leaflet|file|page|table|article|clause|section|it|they|bail|contrat|accord|lettre|rapport|notice|fichier|page|tableau|article|clause|dossier|ils?|elles?)`
const says = String.raw`(?:mention|specif|state|say|indicate|tell|address|discuss|refer)`
const gives = String.raw`(?:contain|provide|include|give|answer|cover|describe|explain|define|detail|have)`
const said = String.raw`(?:mentioned|specified|stated|said|indicated)`
const given = String.raw`(?:given|provided|found|contained|included|described|explained|defined|covered|addressed|available)`
const dit = String.raw`(?:di[st]|mentionn|précis|indiqu|spécifi|parl|évoqu|abord)`
const donne = String.raw`(?:contien|donn|fourni|comport|répond|permet)`
const matter = String.raw`(?:information|mention|answer|indication|reference|details?|réponse|précision)s?`
/** Up to three words between a source and what it does: “the sources provided above do not …”. */
const between = String.raw`(?:\s+(?!(?:and|or|but|that|et|ou|mais|que)\s)[\p{L}’']+){0,3}?\s+`
const inSources = String.raw`(?:anywhere |explicitly )?(?:in|by|dans|par) (?:the |these |any |my |your |what |les? |la |l['’]|ces |cet? )?(?:given |provided )?${source}`

const silences = [
  String.raw`(?<!\p{L})${source}${between}(?:do|does|did)(?: not|n['’]t)\s+(?:\p{L}+ly )?(?:${says}|${gives})`,
  String.raw`(?<!\p{L})${named}\s+(?:do|does|did)(?: not|n['’]t)\s+(?:\p{L}+ly )?${says}`,
  String.raw`(?<!\p{L})${source}${between}(?:contain|provide|give|have|include|offer)s? no `,
  String.raw`\b(?:is|are|was|were)(?: not|n['’]t) (?:\p{L}+ly )?(?:${said}(?=\s*[.!;]?$|\s+${inSources})|${given} ${inSources})`,
  String.raw`\bthere (?:is|are|was|were) no ${matter}`,
  String.raw`^no ${matter} (?:(?:is|are|was|were) (?:${said}|${given})|about|on|regarding|concerning|in)\b`,
  String.raw`^i(?:['’]m| am)? (?:can(?:not|['’]t)|could(?: not|n['’]t)|do(?: not|n['’]t)|did(?: not|n['’]t)|unable)`,
  String.raw`(?<!\p{L})${source}${between}n(?:e |['’])(?:l[ea] |l['’]|les |y )?(?:${dit}|${donne})`,
  String.raw`(?<!\p{L})${named}\s+n(?:e |['’])(?:l[ea] |l['’]|les )?${dit}`,
  String.raw`n['’](?:est|était|sont|étaient|a|ont) pas (?:été )?(?:${dit}\p{L}*(?=\s*[.!;]?$|\s+${inSources})|${donne}\p{L}* ${inSources})`,
  String.raw`il n['’]y a (?:pas d['’e] ?|aucune? )${matter}`,
  String.raw`^aucune? ${matter} (?:n['’]est (?:donné|fourni|fait|indiqué|disponible)|sur|concernant|dans)`,
  String.raw`^je n(?:e |['’])`,
].map((silence) => new RegExp(silence, 'iu'))

/** What a sentence begins with that only joins it to the one before. */
const joining = /^[\s,;:]*(?:(?:but|however|and|mais|cependant|toutefois|pourtant|et)(?!\p{L})[\s,]*)?/iu
/** What goes on after this may be anything. */
const turning = /(?<!\p{L})(?:but|however|though|although|mais|cependant|toutefois|pourtant)(?!\p{L})/iu

/** Whether a clause says no more than that the sources say nothing. */
export function saysAbsence(clause: string): boolean {
  const plain = clause.replace(joining, '').trim()
  return !turning.test(plain) && silences.some((silence) => silence.test(plain))
}
