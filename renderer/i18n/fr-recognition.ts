/** The languages of text in pictures, in French. */
import type { recognitionInEnglish } from './en-recognition.ts'
import type { Format } from './format.ts'

export function recognitionInFrench(format: Format): ReturnType<typeof recognitionInEnglish> {
  return {
    title: 'Texte dans les images',
    lead: 'Les scans et photos sont convertis en texte sur cet ordinateur. Moins de langues : plus rapide et plus fiable.',
    shipped: 'Fournie avec Alambic',
    added: (code, size, day) => `${code}, ${size}, ajoutée le ${day}`,
    missing: 'Son fichier n’est plus là. Ajoutez-la à nouveau, ou retirez-la.',
    most: 'Quatre au plus.',
    last: 'Au moins une.',
    add: 'Ajouter une langue…',
    addNote:
      'Un fichier Tesseract, par exemple deu.traineddata pour l’allemand, de la collection « fast » ou « best ». Il est testé avant d’être conservé.',
    sending: (fraction) => `Copie du fichier : ${format.percent(fraction)}`,
    trying: 'Test en cours…',
    didAdd: (name) => `${name} : langue ajoutée.`,
    remove: (name) => `Retirer : ${name}`,
    removeTitle: (name) => `Retirer cette langue : ${name} ?`,
    removeWhat: 'Le texte déjà reconnu reste. Pour lire de nouvelles images dans cette langue, ajoutez à nouveau son fichier.',
    removeDo: 'Retirer',
  }
}
