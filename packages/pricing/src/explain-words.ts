/** What the explanation says, by language. `{…}` is filled in. */
export interface ExplainWords {
  readonly energy: string
  readonly time: string
  readonly flat: string
  readonly parking: string
  readonly reservation: string
  readonly reservationFee: string
  readonly minimum: string
  readonly maximum: string
  readonly perHour: string
  readonly taxAdded: string
  readonly taxIncluded: string
  readonly rounded: string
  readonly span: string
  readonly once: string
  readonly rule: string
  readonly later: string
  readonly noComponent: string
  readonly restricted: string
  readonly unknown: string
  readonly notForReservation: string
  readonly onlyForReservation: string
  readonly onlyForExpiry: string
  readonly replacedByExpiry: string
  readonly unpriced: string
  readonly noPrice: string
  readonly total: string
  readonly taxTotal: string
  readonly taxTotalUnrated: string
}

const en: ExplainWords = {
  energy: 'Energy: {quantity} × {price}',
  time: 'Charging time: {quantity} × {price}',
  flat: 'Fee per session',
  parking: 'Time connected without charging: {quantity} × {price}',
  reservation: 'Reservation: {quantity} × {price}',
  reservationFee: 'Fee for the reservation',
  minimum: 'Up to the least price of a session',
  maximum: 'Down to the highest price of a session',
  perHour: '{price} per hour',
  taxAdded: 'plus {rate} tax ({amount})',
  taxIncluded: '{rate} tax included ({amount})',
  rounded: '{used} used, billed in steps of {step}: {added} added',
  span: '{from} to {to}',
  once: 'from {from}',
  rule: 'price rule {rule}',
  later: 'not rule {rule}: rule {mine} comes first',
  noComponent: 'not rule {rule}: no such price in it',
  restricted: 'not rule {rule}: only {when}; it was {actual}',
  unknown: 'not known',
  notForReservation: 'not rule {rule}: not for a reservation',
  onlyForReservation: 'not rule {rule}: for reservations only',
  onlyForExpiry: 'not rule {rule}: only for reservations that expire unused',
  replacedByExpiry: 'not rule {rule}: the reservation expired unused',
  unpriced: '{what}: {quantity} cost nothing',
  noPrice: 'the tariff has no price for it',
  total: 'Total',
  taxTotal: 'of this {rate} tax on {net}',
  taxTotalUnrated: 'of this tax on {net}',
}

const de: ExplainWords = {
  energy: 'Energie: {quantity} × {price}',
  time: 'Ladezeit: {quantity} × {price}',
  flat: 'Preis je Ladevorgang',
  parking: 'Zeit am Stecker ohne Laden: {quantity} × {price}',
  reservation: 'Reservierung: {quantity} × {price}',
  reservationFee: 'Gebühr der Reservierung',
  minimum: 'Bis zum Mindestpreis eines Ladevorgangs',
  maximum: 'Bis zum Höchstpreis eines Ladevorgangs',
  perHour: '{price} pro Stunde',
  taxAdded: 'zuzüglich {rate} Steuer ({amount})',
  taxIncluded: 'darin {rate} Steuer ({amount})',
  rounded: '{used} genutzt, Abrechnung in Schritten von {step}: {added} dazu',
  span: '{from} bis {to}',
  once: 'ab {from}',
  rule: 'Preisregel {rule}',
  later: 'nicht Regel {rule}: Regel {mine} steht davor',
  noComponent: 'nicht Regel {rule}: sie hat keinen solchen Preis',
  restricted: 'nicht Regel {rule}: nur {when}; es war {actual}',
  unknown: 'nicht bekannt',
  notForReservation: 'nicht Regel {rule}: nicht für Reservierungen',
  onlyForReservation: 'nicht Regel {rule}: nur für Reservierungen',
  onlyForExpiry: 'nicht Regel {rule}: nur für Reservierungen, die ungenutzt verfallen',
  replacedByExpiry: 'nicht Regel {rule}: die Reservierung verfiel ungenutzt',
  unpriced: '{what}: {quantity} kosten nichts',
  noPrice: 'der Tarif hat keinen Preis dafür',
  total: 'Gesamt',
  taxTotal: 'davon {rate} Steuer auf {net}',
  taxTotalUnrated: 'davon Steuer auf {net}',
}

const nl: ExplainWords = {
  energy: 'Energie: {quantity} × {price}',
  time: 'Laadtijd: {quantity} × {price}',
  flat: 'Prijs per sessie',
  parking: 'Tijd aangesloten zonder laden: {quantity} × {price}',
  reservation: 'Reservering: {quantity} × {price}',
  reservationFee: 'Prijs van de reservering',
  minimum: 'Tot de laagste prijs van een sessie',
  maximum: 'Tot de hoogste prijs van een sessie',
  perHour: '{price} per uur',
  taxAdded: 'plus {rate} belasting ({amount})',
  taxIncluded: 'inclusief {rate} belasting ({amount})',
  rounded: '{used} gebruikt, afgerekend in stappen van {step}: {added} erbij',
  span: '{from} tot {to}',
  once: 'vanaf {from}',
  rule: 'prijsregel {rule}',
  later: 'niet regel {rule}: regel {mine} staat ervoor',
  noComponent: 'niet regel {rule}: die heeft zo’n prijs niet',
  restricted: 'niet regel {rule}: alleen {when}; het was {actual}',
  unknown: 'niet bekend',
  notForReservation: 'niet regel {rule}: niet voor reserveringen',
  onlyForReservation: 'niet regel {rule}: alleen voor reserveringen',
  onlyForExpiry: 'niet regel {rule}: alleen voor reserveringen die ongebruikt verlopen',
  replacedByExpiry: 'niet regel {rule}: de reservering is ongebruikt verlopen',
  unpriced: '{what}: {quantity} kosten niets',
  noPrice: 'het tarief heeft er geen prijs voor',
  total: 'Totaal',
  taxTotal: 'waarvan {rate} belasting over {net}',
  taxTotalUnrated: 'waarvan belasting over {net}',
}

const catalogue: Readonly<Record<string, ExplainWords>> = { en, de, nl }

/** The words in this language, else in English. */
export function explainWordsIn(language: string): ExplainWords {
  return catalogue[language] ?? en
}
