/** The parts of the side panel. */
export type PanelTab = 'source' | 'search' | 'passport' | 'instructions'
