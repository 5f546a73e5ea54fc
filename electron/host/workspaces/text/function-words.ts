/**
 * The little words of each language: they tell a text's language, and say nothing about what it is about, so that nobody looks for
 * them. Accents are kept. A word that means something in the same language (French `or`, English `car`) is not among them.
 */

/** By language, two letters. Lower case; what stands before an apostrophe (`l`, `qu`) is without it. */
export const functionWords: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    en: `a about above after again against all also am an and any are as at be because been before being below between both but by can cannot could
      did do does doing don down during each else few for from further had has have having he her here hers herself him himself his how i if in into
      is it its itself just let may me might more most must my myself no nor not now of off on once only or other ought our ours ourselves out over
      own per same shall she should so some such than that the their theirs them themselves then there these they this those through to too under
      until up upon us very was we were what when where whether which while who whom whose why will with within without would yes yet you your yours isn aren wasn weren hasn haven hadn doesn didn wouldn couldn shouldn`,
    fr: `à afin ai aie ainsi alors après as au aucun aucune aujourd hui auquel aura aurait aussi autre autres aux auxquels avant avec avoir ayant c ça car ce ceci
      cela celle celles celui ces cet cette ceux chaque chez ci comme comment d dans de depuis des dès desquels deux doit doivent donc dont du duquel
      elle elles en encore entre es est et étaient était étant été être eu eux fait font hors ici il ils j je jusqu jusque l la là laquelle le lequel
      les lesquelles lesquels leur leurs lors lorsqu lorsque lui m ma mais me même mêmes mes moi moins mon n ne ni nos notre nous on ont ou où par
      parce pas pendant peu peut peuvent plus pour pourquoi pouvez puis puisqu puisque qu quand que quel quelle quelles quels qui quoi s sa sans sauf se
      selon sera serait seront ses si soi soit son sont sous suis sur t ta te tels telle telles tel tes toi ton tous tout toute toutes très tu un une vers via
      voici voilà vos votre vous y`,
    de: `aber als also am an auch auf aus bei beim bin bis da damit dann das dass dem den der des die dies diese diesem diesen dieser dieses doch durch ein
      eine einem einen einer eines er es etwas für gegen habe haben hat hatte hier ich ihr ihre im in ist ja jede jeder kann kein keine können mein mich
      mit müssen nach nicht noch nur ob oder ohne sein seine sich sie sind so sowie über um und uns unser unter vom von vor war warum was welche welcher
      welches wenn wer werden wie wieviel wird wir wo wurde wurden zu zum zur zwischen lang`,
    es: `al algo como con contra cual cuál cuales cuáles cuando cuándo cuánto de del desde donde dónde dos e el él ella ellas ellos en entre era eran es esa ese
      eso esta está están este esto estos fue fueron ha han hasta hay la las le les lo los más me mi muy no nos o otra otro para pero por porque puede
      pueden que qué quien quién se sea ser si sí sin sino sobre son su sus también tiene tienen todo todos un una uno unos y ya yo`,
    it: `a ai al alla alle allo anche c che chi ci come con cosa d da dai dal dalla dalle degli dei del dell della delle dello di dove due e è ed era erano gli
      ha hanno i il in io l la le lo loro ma mi nei nel nell nella nelle noi non o per perché più può quale quali qual quando quanto quello questa queste
      questi questo se sei senza si sia solo sono su sua sue sugli sul sull sulla suo suoi tra tutti un una uno voi`,
    pt: `a à ao aos as às até com como da das de dela dele do dos e é ela ele eles em entre era essa esse esta está este eu foi foram há isso isto já lhe mais
      mas me mesmo muito na nas não nem no nos o onde os ou para pela pelas pelo pelos por porque pode podem qual quais quando quanto que quem são se sem
      ser seu seus só sua suas também tem têm um uma você`,
    nl: `aan al alle als bij dan dat de der deze die dit door een en er ge geen haar had heb hebben heeft het hij hoe hun ik in is ja je kan kunnen maar mag
      me meer met mijn moet moeten na naar niet nog nu of om ons onder ook op over te tegen tot tussen uit van veel voor waar waarom wanneer want waren was
      wat we welke werd werden wie wij worden wordt zal ze zich zij zijn zo zonder zou`,
    sv: `alla att av blir de dem den denna det detta du där efter ej eller en ett får för från ha hade han har hon hur i inte jag kan man med men mot
      mycket när och om på sig sin ska skall som så till under upp ut vad var vi vid vilka vilken vilket än är över`,
    da: `af alle at blev bliver da de dem den denne der deres det dette dig din du efter ej eller en er et for fra få ham han har havde hun hvad hvem
      hvilken hvis hvor hvordan hvornår i ikke ind jeg kan man med men mod må ned noget nogle nu når og også om op over på sig sin skal skulle som så til
      ud under var ved vi vil være`,
    no: `av alle at ble blir de dem den denne der deres det dette du eller en er et etter for fra få ha hadde han har hun hva hvem hvilken hvis hvor hvordan
      i ikke inn jeg kan man med men mot må ned noe noen nå når og også om opp over på seg sin skal skulle som så til ut under var ved vi vil være`,
    fi: `ei eivät että hän he ja jo joka jos kanssa kaikki kuin kuinka mikä missä milloin minkä mitä mukaan mutta myös ne niin oli ole olla on onko ovat
      se sekä sen siitä tai tämä tämän vain voi`,
    pl: `a aby ale bez być by było będzie co czy dla do gdy gdzie go i ich jak jaka jaki jakie jako jest już kiedy która które który ma może na nie o od
      oraz po pod przed przez przy są się tak to tylko w we wszystkie z za ze że`,
    cs: `a aby ale ani bez by byl byla být co do i ja jak jako je jeho jejich jen jsou již k kde kdy která které který má může na nebo není o od po pod podle pro
      před při s se si tak také to u v ve z za ze že`,
    ro: `a ai al ale am au ca când care ce cel cele cu cum când dacă de din după este fi fost i în îl la mai nu o pe pentru prin sau să se și sunt un
      una unde unei unui vor`,
    hu: `a az ami amely csak de egy el és ez ezt fel ha hogy hol is kell ki le lehet még meg mely mi mikor milyen mint nem ne olyan s sem szerint
      után vagy van volt`,
    tr: `ama bir bu çok da daha de değil en gibi hangi her için ile ise kadar mi mı nasıl ne nedir o olan olarak olduğu sonra şu tarafından ve veya ya`,
  }).map(([language, words]) => [language, new Set(words.split(/\s+/))]),
)
