/** What a browser shows of the fields of a form, and in the place of a picture. */

export const boxes = { ticked: '☑', open: '☐' } as const

export interface Option {
  text: string
  attributes: Record<string, string>
}

/** The words of an element without text of its own; nothing for one that has none. */
export function shownControl(name: string, attributes: Record<string, string>): string {
  const { value = '', type = 'text', alt = '' } = attributes
  if (name === 'img' || name === 'area') return alt === '' ? '' : ` ${alt} `
  if (name !== 'input') return ''
  switch (type.toLowerCase()) {
    case 'checkbox':
    case 'radio':
      return ` ${attributes['checked'] === undefined ? boxes.open : boxes.ticked} `
    case 'hidden':
    case 'password':
    case 'file':
    case 'color':
    case 'range':
      return ''
    case 'image':
      return ` ${alt} `
    default:
      return ` ${value} `
  }
}

/** Of a list that drops down the chosen entry, or the first; of one that is open all, those that are chosen with a tick. */
export function chosenOptions(options: readonly Option[], select: Record<string, string>): string {
  const isChosen = ({ attributes }: Option): boolean => attributes['selected'] !== undefined
  const shown = ({ text, attributes }: Option): string => attributes['label'] ?? text
  if (select['multiple'] !== undefined || Number(select['size'] ?? 1) > 1)
    return ` ${options.map((option) => `${isChosen(option) ? boxes.ticked : boxes.open} ${shown(option)}`).join(' ')} `
  const chosen = options.findLast(isChosen) ?? options.find(({ attributes }) => attributes['disabled'] === undefined)
  return chosen ? ` ${shown(chosen)} ` : ''
}
