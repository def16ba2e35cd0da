/** Time zones of countries that have only one on their mainland: a CDR names its country, not its zone. */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { looksAtClock } from '@plugtill/pricing/compiled-restrictions'

const zones: Readonly<Record<string, string>> = {
  'ALB AL': 'Europe/Tirane',
  'AND AD': 'Europe/Andorra',
  'AUT AT': 'Europe/Vienna',
  'BEL BE': 'Europe/Brussels',
  'BGR BG': 'Europe/Sofia',
  'BIH BA': 'Europe/Sarajevo',
  'CHE CH': 'Europe/Zurich',
  'CYP CY': 'Asia/Nicosia',
  'CZE CZ': 'Europe/Prague',
  'DEU DE': 'Europe/Berlin',
  'DNK DK': 'Europe/Copenhagen',
  'ESP ES': 'Europe/Madrid',
  'EST EE': 'Europe/Tallinn',
  'FIN FI': 'Europe/Helsinki',
  'FRA FR': 'Europe/Paris',
  'GBR GB': 'Europe/London',
  'GRC GR': 'Europe/Athens',
  'HRV HR': 'Europe/Zagreb',
  'HUN HU': 'Europe/Budapest',
  'IND IN': 'Asia/Kolkata',
  'IRL IE': 'Europe/Dublin',
  'ISL IS': 'Atlantic/Reykjavik',
  'ITA IT': 'Europe/Rome',
  'JPN JP': 'Asia/Tokyo',
  'LIE LI': 'Europe/Vaduz',
  'LTU LT': 'Europe/Vilnius',
  'LUX LU': 'Europe/Luxembourg',
  'LVA LV': 'Europe/Riga',
  'MCO MC': 'Europe/Monaco',
  'MKD MK': 'Europe/Skopje',
  'MLT MT': 'Europe/Malta',
  'MNE ME': 'Europe/Podgorica',
  'NLD NL': 'Europe/Amsterdam',
  'NOR NO': 'Europe/Oslo',
  'POL PL': 'Europe/Warsaw',
  'PRT PT': 'Europe/Lisbon',
  'ROU RO': 'Europe/Bucharest',
  'SRB RS': 'Europe/Belgrade',
  'SVK SK': 'Europe/Bratislava',
  'SVN SI': 'Europe/Ljubljana',
  'SWE SE': 'Europe/Stockholm',
  'TUR TR': 'Europe/Istanbul',
  'UKR UA': 'Europe/Kyiv',
}

const byCode = new Map(Object.entries(zones).flatMap(([codes, zone]) => codes.split(' ').map((code) => [code, zone])))

/** The zone of a country by its ISO code of two or three letters. */
export const zoneOfCountry = (country: string): string | undefined => byCode.get(country.toUpperCase())

/** Whether a price depends on the clock of the location; else any zone gives the right one. */
export const needZone = (tariffs: readonly Tariff[]): boolean =>
  tariffs.some(({ elements }) =>
    elements.some(({ restrictions }) => restrictions != null && looksAtClock(restrictions)),
  )
