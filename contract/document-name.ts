/** Which files of a folder may be documents, by their names. A file that somebody picks by hand may have any name. */

const endings = new Set(
  (
    'pdf docx docm doc dotx pptx ppsx ppt pps xlsx xlsm xls xlt csv tsv odt ott odp ods rtf epub html htm xhtml ' +
    'md markdown txt text eml msg ics ical vcs vcf vcard json jsonl ndjson geojson xml png jpg jpeg tif tiff bmp gif webp'
  ).split(' '),
)

/** Deeper in a folder nobody keeps documents, but a folder may be mounted into itself. */
export const mostDeep = 40

/** Whether it has an ending that is read and is not hidden. */
export function isDocumentName(name: string): boolean {
  const dot = name.lastIndexOf('.')
  return dot > 0 && endings.has(name.slice(dot + 1).toLowerCase()) && !isPassedBy(name)
}

/** Hidden files and folders, and what Office programs and systems lay beside documents. */
export function isPassedBy(name: string): boolean {
  return /^(?:\.|~\$|~WRL)/.test(name) || /^(?:thumbs\.db|desktop\.ini)$/i.test(name) || /\.(?:tmp|part|crdownload)$/i.test(name)
}
