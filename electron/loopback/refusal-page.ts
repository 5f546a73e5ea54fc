/**
 * What a browser is told that has not been let in. Words for people outside the page's dictionaries: those come with the page's state,
 * which a page without a link does not have.
 */

/** A page without styles, scripts or anything of the person's, in both languages. */
export const refusalPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Alambic</title>
</head>
<body>
<p>Alambic is running, but this browser has not been let in. Open the address that Alambic printed. It works once, within a minute; for a new one, press Enter in the terminal where Alambic runs.</p>
<p lang="fr">Alambic fonctionne, mais ce navigateur n’y a pas encore accès. Ouvrez l’adresse qu’Alambic a affichée. Elle sert une seule fois, pendant une minute\u202f; pour en obtenir une autre, appuyez sur Entrée dans le terminal où Alambic fonctionne.</p>
</body>
</html>
`
