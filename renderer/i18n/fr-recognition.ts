/** The languages of text in pictures, in French. */
import type { recognitionInEnglish } from './en-recognition.ts'
import type { Format } from './format.ts'

export function recognitionInFrench(format: Format): ReturnType<typeof recognitionInEnglish> {
  return {
    title: 'Texte dans les images',
    lead: 'Les documents numérisés et les photographies sont lus comme du texte sur cet ordinateur (OCR). Ces langues sont cherchées, sauf si vous en choisissez d’autres pour un document. Moins il y en a, plus c’est rapide et sûr.',
    shipped: 'Fournie avec Alambic',
    added: (code, size, day) => `${code}, ${size}, ajoutée le ${day}`,
    missing: 'Son fichier n’est plus là. Ajoutez-la à nouveau, ou retirez-la.',
    most: 'Quatre au plus.',
    last: 'Au moins une.',
    add: 'Ajouter une langue…',
    addNote:
      'Un fichier de tesseract, par exemple deu.traineddata pour l’allemand, de ses collections « fast » ou « best ». Il est essayé avant d’être conservé.',
    sending: (fraction) => `Transmission du fichier : ${format.percent(fraction)}`,
    trying: 'Essai en cours…',
    didAdd: (name) => `${name} : langue ajoutée.`,
    remove: (name) => `Retirer : ${name}`,
    removeTitle: (name) => `Retirer cette langue : ${name} ?`,
    removeWhat:
      'Le texte déjà reconnu reste. De nouvelles images dans cette langue pourront être lues quand son fichier aura été ajouté à nouveau.',
    removeDo: 'Retirer',
  }
}
