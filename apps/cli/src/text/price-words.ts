/** What `plugtill price` says around the receipt, by language. `{…}` is filled in. */
import type { Audit } from '@plugtill/pricing/audit'

export interface PriceWords {
  /** `{kind} {id}, times in {zone} ({from})` */
  readonly head: string
  readonly from: { readonly asked: string; readonly country: string; readonly unknown: string }
  readonly noCost: string
  readonly forecast: {
    readonly title: string
    readonly rates: string
    readonly now: string
    readonly by: string
    readonly notNeeded: string
    readonly safe: string
  }
  readonly audit: {
    readonly notCompared: string
    readonly contradicts: string
    readonly readings: Readonly<Record<Audit['reading'], string>>
    readonly columns: readonly [total: string, cdr: string, computed: string, off: string, unit: string]
  }
}

const en: PriceWords = {
  head: '{kind} {id}, times in {zone} ({from})',
  from: {
    asked: 'as asked',
    country: 'of {country}',
    unknown: 'the zone of {country} is not known; --time-zone names it',
  },
  noCost: 'No cost could be calculated.',
  forecast: {
    title: 'Forecast',
    rates: 'so far {cost}; from now {charging} per hour at full power, {parking} per hour connected without charging',
    now: 'Stop now: any longer and the hold may not be enough.',
    by: 'Stop at {time} at the latest: then it costs {worst} at the worst.',
    notNeeded: 'No stop is needed before {time}.',
    safe: 'Until {kwh} kWh in total the hold is enough however slowly they come.',
  },
  audit: {
    notCompared: 'The CDR could not be compared.',
    contradicts: 'But it contradicts itself.',
    readings: {
      both: 'The CDR agrees with its tariff.',
      'edition-2': 'The CDR agrees with its tariff, by the reading of edition 2.',
      '2021': 'The CDR agrees with its tariff by the reading of 2021, not by that of edition 2.',
      neither: 'The CDR does not agree with its tariff.',
    },
    columns: ['Total', 'CDR', 'Computed', 'Off by', 'Unit'],
  },
}

const de: PriceWords = {
  head: '{kind} {id}, Zeiten in {zone} ({from})',
  from: {
    asked: 'wie angegeben',
    country: 'von {country}',
    unknown: 'die Zone von {country} ist nicht bekannt; --time-zone nennt sie',
  },
  noCost: 'Es ließen sich keine Kosten berechnen.',
  forecast: {
    title: 'Vorschau',
    rates:
      'bisher {cost}; von jetzt an {charging} je Stunde bei voller Leistung, {parking} je Stunde angeschlossen, ohne zu laden',
    now: 'Jetzt anhalten: dauert es länger, reicht der reservierte Betrag vielleicht nicht.',
    by: 'Spätestens {time} anhalten: dann kostet es höchstens {worst}.',
    notNeeded: 'Vor {time} muss nicht angehalten werden.',
    safe: 'Bis {kwh} kWh insgesamt reicht der reservierte Betrag, so langsam sie auch fließen.',
  },
  audit: {
    notCompared: 'Der CDR ließ sich nicht vergleichen.',
    contradicts: 'Aber er widerspricht sich selbst.',
    readings: {
      both: 'Der CDR stimmt mit seinem Tarif überein.',
      'edition-2': 'Der CDR stimmt mit seinem Tarif überein, nach der Lesart von Edition 2.',
      '2021': 'Der CDR stimmt mit seinem Tarif nach der Lesart von 2021 überein, nicht nach der von Edition 2.',
      neither: 'Der CDR stimmt nicht mit seinem Tarif überein.',
    },
    columns: ['Summe', 'CDR', 'Berechnet', 'Abweichung', 'Einheit'],
  },
}

const nl: PriceWords = {
  head: '{kind} {id}, tijden in {zone} ({from})',
  from: {
    asked: 'zoals opgegeven',
    country: 'van {country}',
    unknown: 'de zone van {country} is niet bekend; --time-zone noemt haar',
  },
  noCost: 'Er konden geen kosten worden berekend.',
  forecast: {
    title: 'Vooruitblik',
    rates:
      'tot nu toe {cost}; vanaf nu {charging} per uur op vol vermogen, {parking} per uur aangesloten zonder te laden',
    now: 'Nu stoppen: duurt het langer, dan is het gereserveerde bedrag misschien niet genoeg.',
    by: 'Uiterlijk {time} stoppen: dan kost het hoogstens {worst}.',
    notNeeded: 'Vóór {time} hoeft niet te worden gestopt.',
    safe: 'Tot {kwh} kWh in totaal is het gereserveerde bedrag genoeg, hoe langzaam ze ook komen.',
  },
  audit: {
    notCompared: 'De CDR kon niet worden vergeleken.',
    contradicts: 'Maar hij spreekt zichzelf tegen.',
    readings: {
      both: 'De CDR klopt met zijn tarief.',
      'edition-2': 'De CDR klopt met zijn tarief, in de lezing van editie 2.',
      '2021': 'De CDR klopt met zijn tarief in de lezing van 2021, niet in die van editie 2.',
      neither: 'De CDR klopt niet met zijn tarief.',
    },
    columns: ['Totaal', 'CDR', 'Berekend', 'Verschil', 'Eenheid'],
  },
}

const CATALOGUE = { en, de, nl } as const
export type PriceLanguage = keyof typeof CATALOGUE
export const PRICE_LANGUAGES = Object.keys(CATALOGUE) as readonly PriceLanguage[]

export const priceWords = (language: PriceLanguage): PriceWords => CATALOGUE[language]

export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
