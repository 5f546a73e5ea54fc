/** English words that change what a sentence says, in the lists of `word-lists.ts`. Base forms, and those that no stemmer makes of them. */
import type { WordLists } from './word-lists.ts'

export const englishWords: WordLists = {
  directions: [
    [
      1,
      ['amount'],
      `increase rise rose risen raise grow grew grown higher greater larger bigger gain climb elevated elevation elevate upregulate upregulation augment
      augmentation surge upward`,
    ],
    [
      -1,
      ['amount'],
      `decrease reduce reduction lower fall fell fallen drop decline diminish lessen fewer smaller shrink shrank shrunk downregulate downregulation diminution
      downward`,
    ],
    [1, ['amount', 'effect', 'quality'], 'enhance strengthen facilitate potentiate boost'],
    [-1, ['amount', 'effect', 'quality'], 'attenuate weaken impair mitigate alleviate hinder'],
    [1, ['quality'], 'improve improvement better'],
    [-1, ['quality'], 'worsen worse deteriorate deterioration aggravate'],
    [
      1,
      ['amount', 'effect'],
      'promote stimulate stimulation =activate =activates =activated =activating =activation induce induction trigger foster accelerate encourage',
    ],
    [
      -1,
      ['amount', 'effect'],
      'inhibit inhibition inhibitory suppress suppression suppressive block blockade repress counteract antagonise delay restrain',
    ],
    [1, ['effect'], 'cause provoke elicit'],
    [-1, ['effect'], 'prevent prevention abolish stop inactivate deactivate eliminate'],
  ],
  scales: {
    level: ['=high =highest', '=low =lowest'],
    size: ['=large =big', '=small'],
    duration: ['=long =longer =longest prolong extend extension lengthen', '=short =shorter =shortest shorten'],
    speed: ['=fast =faster =quick =quickly =quicker =rapid =rapidly', '=slow =slowly =slower'],
    age: ['=old =older elderly', '=young =younger =youngest'],
    lateness: ['=early =earlier', '=late =later'],
    frequency: ['frequent frequently often common commonly', 'rare rarely seldom uncommon infrequent'],
    strength: ['=strong =stronger', '=weak =weaker'],
    ease: ['=easy =easier easily', '=hard =harder difficult'],
    temperature: ['=hot =hotter =warm =warmer', '=cold =colder =cool =cooler'],
  },
  more: '=more',
  less: '=less',
  members: {
    weekday: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
    time: [
      'minute',
      'hour hourly h',
      'day daily',
      'week weekly',
      'month monthly',
      '=quarterly',
      'year yearly annual annually',
      'night',
      'decade',
      'century',
    ],
    mass: ['mg milligram', 'g gram', 'kg kilo kilogram', 'µg μg mcg microgram', 'tonne =ton =tons'],
    length: ['mm millimetre', 'cm centimetre', 'km kilometre kilometer', 'mile'],
    volume: ['ml millilitre', 'litre liter', 'cl'],
    power: ['kw', 'mw', 'kwh', 'mwh', 'gwh', 'wh'],
    money: ['euro eur', 'dollar usd', 'pound gbp', 'franc chf', 'yen'],
    order: ['=before =prior', '=after =following =upon'],
    place: ['=above', '=below =beneath'],
    facing: ['behind', '=front'],
    fraction: ['=half =halves', '=third =thirds', '=quarter =quarters', '=fifth =fifths', '=tenth'],
    inside: ['=inside interior indoors', '=outside exterior outdoors'],
    side: ['left', 'right'],
    compass: ['north northern', 'south southern', '=east eastern', '=west western'],
    ranking: ['=first', '=last'],
    halfday: ['morning', 'afternoon', 'evening'],
    sex: ['women woman female', 'men man male'],
    child: ['girl', 'boy'],
    ratio: ['double', 'halve', 'triple'],
    payment: ['=advance', '=arrears'],
    tax: ['gross', '=net'],
    approval: ['approve accept adopt', 'reject refuse'],
    inclusion: ['include inclusive', 'exclude exclusion'],
    trade: ['buy bought', 'sell sold'],
    flow: ['=import =imports =imported =importing', '=export =exports =exported =exporting'],
    opening: ['open', '=close =closes =closed =closing =closure'],
    colour: ['red', 'blue', 'green', 'yellow', 'black', 'white', 'grey gray', 'brown'],
    publicness: ['=public', '=private'],
    outcome: ['=positive =positively', '=negative =negatively =inverse =inversely'],
    course: ['acute', 'chronic'],
    resistance: ['resistant resistance', 'sensitive sensitivity susceptible susceptibility'],
    malignancy: ['benign', 'malignant malignancy'],
    pressure: ['systolic', 'diastolic'],
    parent: ['maternal', 'paternal'],
    inheritance: ['=dominant', 'recessive'],
    zygosity: ['homozygous homozygosity', 'heterozygous heterozygosity'],
    immunity: ['innate', 'adaptive'],
    stream: ['upstream', 'downstream'],
    nearness: ['proximal', 'distal'],
    front: ['anterior', 'posterior'],
    belly: ['ventral', 'dorsal'],
    cellside: ['intracellular', 'extracellular'],
    operation: ['preoperative preoperatively', 'postoperative postoperatively'],
    menopause: ['premenopausal', 'postmenopausal'],
    birth: ['prenatal antenatal', 'postnatal'],
    residence: ['rural', 'urban'],
    origin: ['endogenous', 'exogenous'],
    heading: ['=towards =toward', '=away'],
  },
  quantifiers: {
    all: '=all =every =each everyone everybody =always =whole entire entirely unanimously',
    some: '=some =several sometimes =certain',
    most: '=most mostly majority usually',
    few: '=few',
    many: '=many numerous',
    only: '=only solely exclusively',
    total: '=total altogether overall',
  },
  modals: {
    must: '=must =shall',
    oblige: 'obliged obligation obligatory mandatory compulsory =required =requires =require =necessary =need =needs =needed',
    able: '=can =could =might',
    may: '=may possible possibly =allowed =allows =allow permit permitted permissible entitled optional',
    should: '=should =ought recommended recommend advisable',
  },
  deniesAfter: `not never no cannot without neither nor none nobody nothing fail unable impossible impossibly unlikely
    hardly barely scarcely cease`,
  open: '=if =would formerly previously claim allege allegedly believe assume suppose supposedly pretend whether hypothesis hypothesise hypothesize unclear uncertain unknown aim suspect suspected debated controversial',
  lacks:
    'inhibitor antagonist blocker knockdown silencing =silenced deletion ablation disruption lack lacking absence absent deficient deficiency knockout depletion deplete loss devoid',
  deniesAround: `forbidden prohibited prohibit excluded exclude unaffected unchanged unaltered undetectable undetected missing negligible nonsignificant
    nonsignificantly insignificant spurious spuriously =disappeared =disappears =vanished =vanishes refractory refute disprove`,
  averse:
    'lose lost protect protection resist avoid escape spare refuse reject oppose tolerate overcome stop end leave succumb perish',
  light: `give want wish become take place occur occurrence happen amount set fix make do get have find found show report observe see seen suggest indicate demonstrate
 reveal conclude conclusion result finding study trial data analysis level rate number group patient people person individual subject participant significant
 significantly marked markedly strongly substantially effect affect influence impact change modify alter role treatment treat therapy exposure associate
 association relate relation relationship link correlate lead led respectively generally particular thus thereby contribute compare exist present presence 
 concern involve there here we whose those this these actually indeed also mean consist within either both remain administration introduction initiation application incidence prevalence`,
  mutual:
    'associate association relate relation relationship link correlate correlation connect differ difference compare equal interact interaction',
  generic: `medicine drug product compound substance document contract agreement lease policy method approach system device intervention regimen programme program work
    paper article company site treatment therapy patient people person participant group individual study trial result finding analysis data multivariable contrast
    comparison overall moreover therefore however report project plan building specimen sample`,
  same: `take took taken; add added adds adding; give gave given; show showed shown; see saw seen; know knew known; find found; get got; hold held; make made; come came; go went gone; become became;
    sale sell sold; purchase buy bought; pay paid payment pays payable; begin began begun start commence beginning; send sent; keep kept; choose chose chosen; write wrote written; drive drove driven driver;
    lack inhibitor antagonist blocker knockdown silencing deletion ablation disruption lacking absence absent deficient deficiency knockout depletion deplete loss lose lost devoid; run ran runs; bring brought; build built; spend spent; stand stood; break broke broken; speak spoke spoken; teach taught; understand understood; meet met;
    lend lent; bind bound binds binding; heal healing healed; child children childhood; mouse mice murine; foot feet; affect effect influence impact change modify alter; finish complete;
    protect protection protective; illness disease; tumour tumor; haemoglobin hemoglobin; anaemia anemia; behaviour behavior; centre center; litre liter; randomise randomize;
    organisation organization; mortality death die died dying dead; insure insurance; expire expiry; arrive arrival; depart departure; assess assessment evaluate evaluation;
    handed hand; journey trip; deliver delivery; approve approval; adult adults; employ employment; renew renewal; repair repairs; maintain maintenance; permit permission;
    survive survival; migrate migration; grow grew grown growth; express expression; infect infection; detect detection; inflame inflammation; sleep sleeping slept; weigh weight;
    analyse analyze; sulphate sulfate; oestrogen estrogen; oedema edema; foetus fetus fetal foetal; paediatric pediatric; leukaemia leukemia; ischaemia ischemia ischaemic ischemic;
    glycaemia glycemia; glycaemic glycemic; diarrhoea diarrhea; practise practice; licence license; programme program; vapour vapor; labour labor; neighbour neighbor;
    kidney renal; liver hepatic; heart cardiac; lung pulmonary; cardiovascular; brain cerebral; cell cellular; gene genetic; secrete secretion; produce production; degrade degradation;
    relation relationship relate; treat treatment treating; bleed bleeding bled haemorrhage hemorrhage; vein venous; artery arterial; bone osseous; muscle muscular; nerve neuron neuronal; skin dermal cutaneous; eye ocular;
    stomach gastric; bowel intestine intestinal gut; breast mammary; tooth dental teeth; mouth oral; bile biliary; spleen splenic; pancreas pancreatic; colon colonic;
    abnormal anomalous abnormality anomaly; contain harbour harbor; physician doctor clinician; operation surgery surgical; disorder illness disease; cancer carcinoma;
    newborn neonate neonatal; adolescent teenager teenage; pregnancy pregnant gestation gestational; obesity obese; diabetes diabetic; hypertension hypertensive;
    depression depressed depressive; epilepsy epileptic; asthma asthmatic; smoke smoking smoker; fat adipose; erythrocyte erythrocytes; leucocyte leukocyte;
    platelet thrombocyte; injury injured injure trauma; feasible feasibility; safe safety safely; satisfied satisfaction satisfy; stable stability; severe severity;
    accurate accuracy accurately; effective effectiveness efficacy; diagnosis diagnose diagnostic diagnoses; prognosis prognostic; predict prediction predictor predictive;
    recur recurrence recurrent; use usage utilisation utilization utilise utilize; enrol enroll enrolment enrollment accrual recruit recruitment; attend attendance;
    educate education educational; mutate mutation mutant mutated; phosphorylate phosphorylation; methylate methylation; metabolise metabolize metabolism metabolic;
    respond response responsive; depend dependence dependent; toxic toxicity; immune immunity; vaccinate vaccination vaccine; genome genomic; mitochondria mitochondrial mitochondrion;
    nucleus nuclear nuclei; cytoplasm cytoplasmic; chromosome chromosomal; transplant transplantation; apoptosis apoptotic; necrosis necrotic; fibrosis fibrotic;
    metastasis metastatic metastases; ageing aging; synthesis synthesise synthesize; localise localize localisation localization; transmit transmission;
    diet dietary; nutrition nutritional; risk odds chance probability likelihood hazard risky; steep steeper; flat flatter; danger dangerous; limit limitation; complicate complication;
    regulate regulation; proliferate proliferation; differentiate differentiation; transcribe transcription; replicate replication; interact interaction; require requirement`,
  negatives: `unnecessary necessary; dispensable necessary; needless necessary; insufficient sufficient; inadequate adequate; unsafe safe; ineffective effective;
    unfeasible feasible; infeasible feasible; unstable stable; dissatisfied satisfied; unsatisfied satisfied; dissatisfaction satisfaction; inaccurate accurate; useless useful; unhelpful helpful;
    harmless harmful; invalid valid; illegal legal; unlawful lawful; incomplete complete; incompatible compatible; unprepared prepared; unwilling willing; unaware aware; unsuccessful successful;
    unsuitable suitable; inappropriate appropriate; unrelated related; dissimilar similar; unequal equal; unclean clean; unfair fair; unhealthy healthy`,
  phrases: `superior to = better than; inferior to = worse than; employee = staffer; insurer = underwriter; examiner = grader; lessee = tenant; lessor = landlord; trainee = apprentice; payee = beneficiary;
    independent of = not dependent on; independent from = not dependent on; independently of = not dependent on;
    more likely to = higher risk to; less likely to = lower risk to; leads to = causes; lead to = cause; led to = caused; leading to = causing;
    results in = causes; result in = cause; resulted in = caused; resulting in = causing; gives rise to = causes; give rise to = cause; gave rise to = caused;
    blood loss = bleeding; lower limb = leg; upper limb = arm; high blood pressure = hypertension; heart attack = infarction;
    red blood cell = erythrocyte; red cell = erythrocyte; white blood cell = leucocyte; birth control = contraception; side effect = adverse effect;
    adverse reaction = adverse effect; adverse event = adverse effect; gall bladder = gallbladder; health care = healthcare; day case = outpatient`,
}
