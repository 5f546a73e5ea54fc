/** Types of records in PowerPoint files of before 2007 that are read ([MS-PPT] 2.13.24). */
export const pptTypes = {
  ...{ document: 1000, slide: 1006, slideAtom: 1007, notes: 1008, slidePlace: 1011, fonts: 2005, drawing: 1036 },
  ...{ placeholder: 3011, outlineText: 3998, textHead: 3999, wideText: 4000, textStyle: 4001, byteText: 4008 },
  ...{ font: 4023, word: 4026, slideNumber: 4056, slideList: 4080, edit: 4085 },
  ...{ date: 4087, plainDate: 4088, header: 4089, footer: 4090, ownDate: 4117, tagData: 5003, places: 6002 },
  ...{ comment: 12_000, cryptSession: 12_052 },
} as const
