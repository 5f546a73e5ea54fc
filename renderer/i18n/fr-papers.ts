/** What is copied, saved and printed of the chat, in French. */
import type { papersInEnglish } from './en-papers.ts'

export const papersInFrench: typeof papersInEnglish = {
  menu: 'Copier, enregistrer ou imprimer',
  copyRich: 'Copier avec la mise en forme',
  copyMarkdown: 'Copier en Markdown',
  copied: 'Copié',
  pdf: 'Enregistrer en PDF…',
  docx: 'Enregistrer pour Word…',
  print: 'Imprimer…',
  untitled: 'Conversation',
  asked: (when) => `Votre question, ${when}`,
  edited: 'Réponse, modifiée par vous',
  unfinished: 'Cette réponse était encore en cours de rédaction.',
  undrawn: 'Ce fichier n’a pas de lettres pour ces caractères et montre des cases à leur place. Le fichier Word les contient :',
  titles: { pdf: 'Enregistrer en PDF', docx: 'Enregistrer pour Word' },
  lead: 'Le fichier n’est pas chiffré : quiconque ouvre le dossier peut le lire.',
  folder: 'Dossier',
  none: 'Alambic a été lancé sans dossier où écrire. Lancez-le avec --folder et le chemin du dossier.',
  do: 'Enregistrer',
  pick: 'Choisir un dossier et enregistrer',
  doing: 'Enregistrement…',
  stop: 'Arrêter',
  done: (name, size) => `Enregistré : ${name}, ${size}.`,
  close: 'Fermer',
  failedTitle: 'Cela n’a pas fonctionné',
}
