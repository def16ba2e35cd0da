/** What the price display says, by language. `{…}` is filled in. */
export interface Words {
  readonly perKwh: string
  readonly perMinute: string
  readonly perSession: string
  readonly perParkingMinute: string
  readonly free: string
  readonly step: string
  readonly minimum: string
  readonly maximum: string
  readonly otherwise: {
    readonly energy: string
    readonly time: string
    readonly parking: string
    /** Behind the last of several prices for one thing. */
    readonly last: string
  }
  readonly held: string
  readonly from: string
  readonly until: string
  readonly between: string
  readonly at: string
  readonly dates: { readonly from: string; readonly before: string }
  readonly energy: string
  readonly power: string
  readonly current: string
  readonly elapsed: string
  /** MONDAY … SUNDAY. */
  readonly days: readonly string[]
}

const en: Words = {
  perKwh: '{price} per kWh',
  perMinute: '{price} per minute of charging ({hour} per hour)',
  perSession: '{price} per session',
  perParkingMinute: '{price} per minute of occupying the place without charging ({hour} per hour)',
  free: 'Free of charge',
  step: 'billed in steps of {step}',
  minimum: 'At least {price} per session',
  maximum: 'At most {price} per session',
  otherwise: {
    energy: 'Otherwise no price per kWh',
    time: 'Otherwise charging time costs nothing',
    parking: 'Otherwise no fee for occupying the place',
    last: 'otherwise',
  },
  held: '{price} is held on your card; you pay what charging costs, the rest is released',
  from: 'from {a}',
  until: 'up to {b}',
  between: '{a} to {b}',
  at: '{a}–{b}',
  dates: { from: 'from {a}', before: 'before {b}' },
  energy: '{range} of energy',
  power: 'power {range}',
  current: 'current {range}',
  elapsed: '{range} after the start',
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
}

const de: Words = {
  perKwh: '{price} pro kWh',
  perMinute: '{price} pro Minute Laden ({hour} pro Stunde)',
  perSession: '{price} pro Ladevorgang',
  perParkingMinute: '{price} pro Minute Belegung ohne Laden ({hour} pro Stunde)',
  free: 'Kostenlos',
  step: 'Abrechnung in Schritten von {step}',
  minimum: 'Mindestens {price} pro Ladevorgang',
  maximum: 'Höchstens {price} pro Ladevorgang',
  otherwise: {
    energy: 'Sonst kein Preis pro kWh',
    time: 'Sonst kostet die Ladezeit nichts',
    parking: 'Sonst keine Gebühr für die Belegung',
    last: 'sonst',
  },
  held: '{price} werden auf Ihrer Karte reserviert; Sie zahlen, was das Laden kostet, der Rest wird frei',
  from: 'ab {a}',
  until: 'bis {b}',
  between: '{a} bis {b}',
  at: '{a}–{b} Uhr',
  dates: { from: 'ab {a}', before: 'vor {b}' },
  energy: 'Energie {range}',
  power: 'Leistung {range}',
  current: 'Strom {range}',
  elapsed: '{range} nach Beginn',
  days: ['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So'],
}

const nl: Words = {
  perKwh: '{price} per kWh',
  perMinute: '{price} per minuut laden ({hour} per uur)',
  perSession: '{price} per sessie',
  perParkingMinute: '{price} per minuut bezet houden zonder laden ({hour} per uur)',
  free: 'Gratis',
  step: 'afgerekend in stappen van {step}',
  minimum: 'Minimaal {price} per sessie',
  maximum: 'Maximaal {price} per sessie',
  otherwise: {
    energy: 'Anders geen prijs per kWh',
    time: 'Anders kost de laadtijd niets',
    parking: 'Anders geen kosten voor bezet houden',
    last: 'anders',
  },
  held: '{price} wordt op uw kaart gereserveerd; u betaalt wat het laden kost, de rest komt vrij',
  from: 'vanaf {a}',
  until: 'tot {b}',
  between: '{a} tot {b}',
  at: '{a}–{b} uur',
  dates: { from: 'vanaf {a}', before: 'vóór {b}' },
  energy: 'energie {range}',
  power: 'vermogen {range}',
  current: 'stroom {range}',
  elapsed: '{range} na het begin',
  days: ['ma', 'di', 'wo', 'do', 'vr', 'za', 'zo'],
}

const catalogue: Readonly<Record<string, Words>> = { en, de, nl }

/** The words in this language, else in English. */
export function wordsIn(language: string): Words {
  return catalogue[language] ?? en
}

/** The language in which the words are shown. */
export function shownIn(language: string): string {
  return catalogue[language] === undefined ? 'en' : language
}

export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}
