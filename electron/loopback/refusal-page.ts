/**
 * What a browser without the cookie is told. The one sentence for people outside the page's dictionaries: those are
 * part of the page, which is not served to it.
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
<p>Alambic is running, but this browser has not been let in. Open the address that Alambic printed when it started. It works once; to get a new one, close Alambic and start it again.</p>
<p lang="fr">Alambic fonctionne, mais ce navigateur n’y a pas encore accès. Ouvrez l’adresse qu’Alambic a affichée à son démarrage. Elle ne sert qu’une fois\u00a0; pour en obtenir une autre, fermez Alambic et relancez-le.</p>
</body>
</html>
`
