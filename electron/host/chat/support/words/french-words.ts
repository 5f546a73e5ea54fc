/** French words that change what a sentence says, in the lists of `word-lists.ts`. Base forms, and those that no stemmer makes of them. */
import type { WordLists } from './word-lists.ts'

export const frenchWords: WordLists = {
  directions: [
    [
      1,
      ['amount'],
      'hausse augmenter augmente augmentation accroître accroissement accru accrue accroît croître croît supérieur rehausser majoration majorer',
    ],
    [
      -1,
      ['amount'],
      `baisse baisser diminuer diminution réduire réduit réduite réduits réduites réduisent réduction chuter chute décroître décroît inférieur moindre minoration
      recul reculer abaisser abaissement`,
    ],
    [1, ['amount', 'effect', 'quality'], 'renforcer renforcement faciliter'],
    [-1, ['amount', 'effect', 'quality'], 'atténuer atténuation affaiblir affaiblissement alléger altérer altération'],
    [1, ['quality'], 'améliorer amélioration meilleur mieux'],
    [-1, ['quality'], 'pire dégrader dégradation détériorer détérioration aggraver aggravation empirer'],
    [
      1,
      ['amount', 'effect'],
      'favoriser stimuler stimulation activer activation =active =activent induire induit induisent induction déclencher accélérer encourager',
    ],
    [-1, ['amount', 'effect'], 'inhiber inhibition bloquer blocage freiner réprimer entraver ralentir ralentissement'],
    [1, ['effect'], 'provoquer causer engendrer'],
    [-1, ['effect'], 'empêcher prévenir prévention abolir supprimer inactiver désactiver éliminer'],
  ],
  scales: {
    level: ['=haut =haute =hauts =hautes =élevé =élevée =élevés =élevées', '=faible =faibles =bas =basse =basses'],
    size: ['=grand =grande =grands =grandes', '=petit =petite =petits =petites'],
    duration: [
      '=long =longue =longs =longues =longtemps prolonger allonger rallonger prolongation allongement',
      '=court =courte =courts =courtes raccourcir raccourcissement écourter',
    ],
    speed: ['rapide rapidement =vite', 'lent lentement'],
    age: ['âgé =âgée =âgés =âgées', '=jeune =jeunes'],
    lateness: ['=tôt précoce', '=tard tardif tardivement'],
    frequency: ['fréquent fréquemment =souvent', '=rare =rares rarement'],
    strength: ['=fort =forte =forts =fortes', '=léger =légère'],
    ease: ['facile facilement', 'difficile difficilement'],
    temperature: ['=chaud =chaude', '=froid =froide'],
  },
  more: '=plus =davantage',
  less: '=moins',
  members: {
    weekday: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
    time: [
      'minute',
      '=h heure horaire',
      'jour journée quotidien quotidiennement journalier',
      'semaine hebdomadaire',
      'mois mensuel mensuellement',
      'trimestre trimestriel',
      '=an =ans année annuel annuellement',
      'nuit',
      'décennie',
      'siècle',
    ],
    mass: ['=mg milligramme', '=g gramme', '=kg kilo kilogramme', '=µg =μg microgramme', 'tonne'],
    length: ['=mm millimètre', '=cm centimètre', '=km kilomètre', '=mile'],
    volume: ['=ml millilitre', 'litre', '=cl'],
    power: ['=kw', '=mw', '=kwh', '=mwh', '=gwh', '=wh'],
    money: ['euro eur', 'dollar usd', 'pound gbp', 'franc chf', 'yen'],
    order: ['=avant préalable préalablement', '=après'],
    place: ['=dessus', '=dessous'],
    facing: ['derrière', '=devant'],
    fraction: ['=moitié =demi =demie', '=tiers', '=quart', '=cinquième', '=dixième'],
    inside: ['intérieur =dedans', 'extérieur =dehors'],
    side: ['gauche', '=droite'],
    compass: ['=nord', '=sud', '=l’est', '=ouest'],
    ranking: ['=premier =première', '=dernier =dernière'],
    halfday: ['matin matinée', 'après-midi', '=soir =soirée'],
    sex: ['femme féminin', 'homme masculin'],
    child: ['fille', 'garçon'],
    ratio: ['doubler double', 'halve', 'tripler triple'],
    payment: ['=avance', '=échu'],
    tax: ['=brut =brute', '=net =nette'],
    approval: ['approuver accepter adopter valider', 'rejeter refuser refus'],
    inclusion: ['inclure inclus incluse comprise', 'exclure exclu exclue exclus exclusion'],
    trade: ['acheter', 'vendre vendu'],
    flow: ['=importer =importe =importé =importés', '=exporter =exporte =exporté =exportés'],
    opening: ['ouvrir ouvert ouverte ouvre ouverture', 'fermer fermé fermeture'],
    colour: [
      'rouge',
      '=bleu =bleue =bleus =bleues',
      '=vert =verte =verts =vertes',
      'jaune',
      'noir',
      '=blanc =blanche',
      '=gris =grise',
      '=brun =brune',
    ],
    publicness: ['public publique', 'privé'],
    outcome: ['positif positivement', 'négatif négativement inverse inversement'],
    course: ['=aigu =aiguë', 'chronique'],
    resistance: ['résistant résistance', 'sensible sensibilité'],
    malignancy: ['bénin bénigne', 'malin maligne malignité'],
    pressure: ['systolique', 'diastolique'],
    parent: ['maternel maternelle', 'paternel paternelle'],
    inheritance: ['=dominant =dominante', 'récessif récessive'],
    zygosity: ['homozygote', 'hétérozygote'],
    immunity: ['inné innée', 'adaptatif adaptative'],
    stream: ['=amont', '=aval'],
    nearness: ['proximal proximale', 'distal distale'],
    front: ['antérieur antérieure', 'postérieur postérieure'],
    belly: ['ventral ventrale', 'dorsal dorsale'],
    cellside: ['intracellulaire', 'extracellulaire'],
    operation: ['préopératoire', 'postopératoire'],
    menopause: ['préménopausique', 'postménopausique'],
    birth: ['prénatal prénatale', 'postnatal postnatale'],
    residence: ['rural rurale', 'urbain urbaine'],
    origin: ['endogène', 'exogène'],
    charge: ['gratuit gratuitement', '=payant =payante'],
  },
  quantifiers: {
    all: '=tous =toutes =tout =toute =chaque =toujours =entier =entière =intégralité unanimité',
    some: '=certains =certaines =plusieurs =quelques =parfois',
    most: '=plupart majorité généralement',
    few: '=peu',
    many: '=nombreux =nombreuses beaucoup',
    total: '=total =totale =totaux',
    only: '=seul =seuls =seule =seules seulement uniquement exclusivement',
  },
  modals: {
    must: '=doit =doivent =devra =devront =devez',
    oblige: 'obligatoire obligation obligé =tenu =tenue =tenus =tenues nécessaire =requis =requise =exige =exigé =exigée =faut',
    able: '',
    may: '=peut =peuvent =pourra =pourront =pouvez possible possibilité permis permettre =permet autorisé =autorise facultatif loisible',
    should: '=devrait =devraient recommandé recommander =conseillé =conseillée',
  },
  deniesAfter: 'ne n sans aucun aucune jamais ni non échouer incapable impossible =nul =nulle cesser',
  open: '=si =aurait =auraient =serait =seraient autrefois jadis anciennement prétendre prétend affirmer penser croire croit estimer hypothèse inconnu incertain incertaine suspecté suspectée soupçonné débattu controversé',
  lacks: 'inhibiteur antagoniste délétion absence absent déficient déficience carence carencé manque manquer perte dépourvu',
  deniesAround:
    'interdit interdire prohibé exclu exclure =défendu =défendue inchangé indétectable négligeable insignifiant réfuter =disparu =disparue =disparaît réfractaire',
  averse:
    'perdre perdu perdue protéger protection résister éviter échapper épargner refuser rejeter opposer tolérer surmonter cesser finir quitter',
  light: `prendre prise prend tenir tient dérouler fixer fixe prévoir prévu montant faire fait trouver montrer rapporter observer suggérer
 indiquer révéler conclure résultat étude essai donnée analyse niveau taux nombre groupe patient personne individu sujet participant cas significatif
 significativement marqué marquée fortement effet affecter influencer influence impact changer changement modifier modification rôle traitement traiter 
 administrer exposition associer association lier lien corréler entraîner mener conduire notamment respectivement celui celle ceux celles contribuer comparer exister
 présenter présence concerner disposer bénéficier atteindre port mettre mis somme effectuer réaliser lieu établir établi =a =avait =avaient =avons =avez =ai =atteinte =atteints =atteintes atteint intervenir élève élever
 s’élever correspondre =sera =très pouvoir devoir =depuis =dont consister nommer rester reste également administration introduction utilisation`,
  mutual:
    'associer association lier lien relation corréler corrélation différer différence comparer égaler interagir interaction',
  generic: `médicament produit composé substance document contrat bail accord méthode approche système dispositif intervention régime programme travail article
    société site traitement patient personne groupe sujet participant étude essai résultat analyse donnée toutefois cependant ailleurs rapport projet règlement bâtiment`,
  same: `payer paie paient paye payé paiement; commencer débuter début commencement; prendre prise pris prend prennent; effet modifier modification changer changement affecter influer
    influence influencer impact; achever terminer; protéger protection protecteur protectrice; appartement logement; rembourser remboursement; verser versement; vendre vendu vente; rendre rendu;
    recevoir reçu reçoit reçoivent; offrir offert offre; écrire écrit; soumettre soumis; financer financement; maladie affection; décès mortalité; assurer assure;
    résilier résiliation; livrer livraison; réparer réparation; entretenir entretien; naître naissance; mourir mort; vivre vie; partir départ; arriver arrivée; élève élèves;
    enfant enfants; exprimer expression; cellule cellulaire; rénal rein; hépatique foie; cardiaque cœur; pulmonaire poumon; exposition exposer exposé; ouvrir ouvert ouvre; couvrir couvert couvre; remettre remet remis remise remettent; demeurer demeure reste; servir sert servi servie servis servies servent;
    permettre permis permet; obtenir obtenu; détenir détenu; tenir tenu tient; venir venu vient; inclure inclus; conclure conclu; sommeil dormir; croissance croître; secréter sécrétion;
    produire production produit; infecter infection; répliquer réplication; réguler régulation; télétravail télétravailler; absence inhibiteur antagoniste délétion absent déficient déficience carence carencé manque manquer perte dépourvu; consommer consommation; œil yeux`,
  negatives: `inutile utile; insuffisant suffisant; insuffisante suffisante; inefficace efficace; instable stable; insatisfait satisfait; insatisfaite satisfaite; inexact exact; inexacte exacte;
    illégal légal; illégale légale; invalide valide; incomplet complet; incomplète complète; incompatible compatible; inadapté adapté; inadaptée adaptée; inapproprié approprié;
    inappropriée appropriée; infaisable faisable; inégal égal; inégale égale; illicite licite; irrégulier régulier; irrégulière régulière; infondé fondé; infondée fondée`,
  phrases: `indépendant de = non dépendant de; indépendant du = non dépendant du; indépendant des = non dépendant des; indépendant d = non dépendant d; indépendante de = non dépendante de; indépendante du = non dépendante du; indépendante des = non dépendante des; indépendante d = non dépendante d;
    tension artérielle élevée = hypertension; crise cardiaque = infarctus; effet secondaire = effet indésirable; globule rouge = érythrocyte; globule blanc = leucocyte;
    membre inférieur = jambe; membre supérieur = bras`,
}
