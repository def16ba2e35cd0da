/** Whether the tariffs of a CPO can be read, shown and held by. (tariffs › Sender; C-201 to C-208, E-22 to E-24) */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { validAt } from '@plugtill/pricing/choose'
import { displayTariff } from '@plugtill/pricing/display'
import { isFree } from '@plugtill/pricing/free'
import { type Check, each, exchanges, fields, type Ruling, type Wrong, whole } from '../check.ts'
import type { Found, View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { tariffsOf } from './offer.ts'
import { said } from './said.ts'
import { isParty, type Plug, placesIn, plugsIn, soldByTerminal, soldIn } from './sold.ts'
import { twice } from './twice.ts'

const LISTED = [...REGISTERED, 'tariffs.list/1']
const NEEDS = 'a list of tariffs'
export const SOLD = [
  ...LISTED,
  'tariffs.list/2',
  'locations.list/1',
  'payments.terminals.assign/1',
  'payments.terminals.assign/5',
  'locations.connector/8',
  'tariffs.connector/1',
]
export const NEEDS_SOLD = 'a terminal has to be assigned to a connector with a tariff'

const currentIn = (view: View): readonly Found<Tariff>[] => [
  ...new Map(
    tariffsOf(view).map((one) => [
      `${one.value.country_code}*${one.value.party_id}*${one.value.id}`.toLowerCase(),
      one,
    ]),
  ).values(),
]

const listing: readonly Check[] = [
  each('tariffs.list/1', {
    needs: 'the list of tariffs has to be asked for',
    after: REGISTERED,
    of: (view) => exchanges(view.of('us', 'tariffs.list')),
    judge: ({ seen }) => {
      const { answer } = seen
      if (seen.response?.status === 200 && answer?.statusCode === 1000 && Array.isArray(answer.data)) return 'ok'
      const message = 'The list of tariffs cannot be read.'
      return { message, expected: 'HTTP 200 with OCPI 1000 and a list', actual: said(seen), field: '/data' }
    },
  }),
  whole('tariffs.list/2', {
    needs: NEEDS,
    after: LISTED,
    judge: (view) => {
      const seen = view.of('us', 'tariffs.list').at(-1)
      if (seen === undefined || !Array.isArray(seen.answer?.data)) return undefined
      const first = view.found('Tariff').find((one) => one.seen.module === 'tariffs')
      if (first !== undefined) return { ruling: 'ok', seen: first.seen }
      return { ruling: { message: 'There is no tariff.', expected: 'a tariff', actual: '[]', field: '/data' }, seen }
    },
  }),
  each('tariffs.list/3', {
    needs: NEEDS,
    after: LISTED,
    of: (view) => twice(view, { place: 'tariffs.list', kind: 'Tariff' }),
    judge: ({ wrong }) => wrong ?? 'ok',
  }),
  ...fields({
    kind: 'Tariff',
    needs: NEEDS,
    after: LISTED,
    of: ({ seen }) => seen.module === 'tariffs',
    owners: [
      [/^$|^\/(country_code|party_id|id)$/, 'tariffs.tariff/1'],
      [/^\/currency$/, 'tariffs.tariff/3'],
      [/^\/type$/, 'tariffs.tariff/4'],
      [/^\/elements\/\d+\/price_components\/\d+/, 'tariffs.tariff/6'],
      [/^\/elements\/\d+\/restrictions/, 'tariffs.tariff/7'],
      [/^\/elements/, 'tariffs.tariff/5'],
      [/^\/tax_included$/, 'tariffs.tariff/8'],
      [/^\/(start_date_time|end_date_time|last_updated)$/, 'tariffs.tariff/9'],
      [/^\/(min_price|max_price|preauthorize_amount)/, 'tariffs.tariff/10'],
      [/^\/tariff_alt_text/, 'tariffs.tariff/11'],
    ],
    rest: 'tariffs.tariff/12',
  }),
]

/** Something about every tariff that is offered. */
export const aboutTariff = (
  rule: string,
  judge: (tariff: Tariff, view: View) => Wrong | undefined,
  after: readonly string[] = [],
): Check =>
  each(rule, {
    needs: NEEDS,
    after: [...LISTED, ...after],
    of: tariffsOf,
    judge: ({ value, pointer }, view): Ruling => {
      const wrong = judge(value, view)
      return wrong === undefined ? 'ok' : { ...wrong, field: `${pointer}${wrong.field ?? ''}` }
    },
  })

const owners: readonly Check[] = [
  aboutTariff('tariffs.tariff/2', ({ id, country_code, party_id }, view) =>
    isParty(view, country_code, party_id) === false
      ? {
          message: `Tariff ${id} belongs to ${country_code}-${party_id}, which stands in no credentials.`,
          expected: 'one of the roles in your credentials',
          actual: `${country_code}-${party_id}`,
          field: '/party_id',
        }
      : undefined,
  ),
  aboutTariff('tariffs.tariff/13', ({ id, start_date_time: start, end_date_time: end }) =>
    start != null && end != null && parseDateTime(end) <= parseDateTime(start)
      ? {
          message: `Tariff ${id} ends before it starts.`,
          expected: `after ${start}`,
          actual: end,
          field: '/end_date_time',
        }
      : undefined,
  ),
]

interface Priced extends Plug {
  /** The tariffs that the connector names and the list has. */
  readonly tariffs: readonly Found<Tariff>[]
}

function pricedIn(view: View, plugs: readonly Plug[]): readonly Priced[] {
  const current = currentIn(view)
  return plugs.map((plug) => ({
    ...plug,
    tariffs: current.filter(
      ({ value }) =>
        plug.connector.tariff_ids?.some((id) => sameCi(id, value.id)) &&
        sameCi(value.country_code, plug.location.country_code) &&
        sameCi(value.party_id, plug.location.party_id),
    ),
  }))
}

const forCards = ({ value }: Found<Tariff>): boolean => value.type == null || value.type === 'AD_HOC_PAYMENT'

/** Connectors that terminals sell, with those of their tariffs that are meant for cards. */
const soldPlugs = (view: View) => pricedIn(view, plugsIn(soldIn(view)))

const inForce = (view: View, priced: Priced) =>
  priced.tariffs.filter((one) => forCards(one) && validAt(one.value, view.now))

/** The tariff that a terminal sells a connector at; of several the one that started last. */
export function soldTariffs(view: View): readonly Found<Tariff>[] {
  return [...new Set(soldPlugs(view).flatMap((plug) => inForce(view, plug)))]
}

const where = ({ evse, connector }: Plug) => `connector ${connector.id} of EVSE ${evse.uid}`

const connectors: readonly Check[] = [
  each('tariffs.connector/1', {
    needs: 'a connector that names a tariff, and a list of tariffs',
    after: [...LISTED, 'locations.list/1', 'tariffs.list/2', 'tariffs.tariff/1'],
    of: (view) =>
      plugsIn(placesIn(view)).flatMap((plug) =>
        (plug.connector.tariff_ids ?? []).map((id, index) => ({ ...plug, id, index })),
      ),
    judge: ({ id, index, pointer, location, ...plug }, view) => {
      // Also malformed ones: what is wrong with those has its own requirement.
      const known = view.found('Tariff').filter(({ seen }) => seen.module === 'tariffs')
      if (known.length === 0) return undefined
      const there = known.some(({ value }) => {
        const one = (value ?? {}) as Partial<Tariff>
        return (
          sameCi(String(one.id), id) &&
          sameCi(String(one.country_code), location.country_code) &&
          sameCi(String(one.party_id), location.party_id)
        )
      })
      if (there) return 'ok'
      const message = `Tariff "${id}" of ${where({ ...plug, location, pointer })} does not stand in the list of tariffs.`
      return {
        message,
        expected: 'a tariff of the same party with this id',
        actual: id,
        field: `${pointer}/tariff_ids/${index}`,
      }
    },
  }),
  each('tariffs.connector/2', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'tariffs.tariff/4'],
    of: (view) => soldPlugs(view).filter(({ tariffs }) => tariffs.length > 0),
    judge: ({ tariffs, pointer, ...plug }) => {
      if (tariffs.some(forCards)) return 'ok'
      const message = `No tariff of ${where({ ...plug, pointer })} is meant for cards.`
      const actual = tariffs.map(({ value }) => `${value.id} ${value.type}`).join(', ')
      return { message, expected: 'type AD_HOC_PAYMENT or no type', actual, field: `${pointer}/tariff_ids` }
    },
  }),
  each('tariffs.connector/3', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'tariffs.connector/2', 'tariffs.tariff/13'],
    of: (view) => soldPlugs(view).filter(({ tariffs }) => tariffs.some(forCards)),
    judge: (plug, view) => {
      if (inForce(view, plug).length > 0) return 'ok'
      const message = `No tariff for cards of ${where(plug)} is in force now.`
      const actual = plug.tariffs
        .map(({ value }) => `${value.id} ${value.start_date_time ?? ''}..${value.end_date_time ?? ''}`)
        .join(', ')
      return {
        message,
        expected: `one at ${new Date(view.now).toISOString()}`,
        actual,
        field: `${plug.pointer}/tariff_ids`,
      }
    },
  }),
  each('tariffs.connector/4', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'tariffs.connector/3'],
    of: (view) => soldPlugs(view).filter((plug) => inForce(view, plug).length > 0),
    judge: (plug, view) => {
      const active = inForce(view, plug)
      const cards = active.filter(({ value }) => value.type === 'AD_HOC_PAYMENT')
      // One of its type; one without type beside it is for everybody else.
      if (cards.length === 1 || active.length === 1) return 'ok'
      const actual = active.map(({ value }) => value.id).join(', ')
      const message = `Several tariffs for cards of ${where(plug)} are in force.`
      return { message, expected: 'one', actual, field: `${plug.pointer}/tariff_ids` }
    },
  }),
  each('tariffs.connector/5', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'tariffs.connector/3', 'tariffs.tariff/3'],
    of: (view) =>
      soldByTerminal(view).flatMap((places) => {
        const plugs = pricedIn(view, plugsIn(places))
        const tariffs = plugs.flatMap((plug) => inForce(view, plug).slice(0, 1))
        return tariffs.slice(0, 1).map(({ seen, pointer }) => ({ seen, pointer, tariffs }))
      }),
    judge: ({ tariffs }) => {
      const currencies = [...new Set(tariffs.map(({ value }) => value.currency))]
      if (currencies.length < 2) return 'ok'
      const message = 'The connectors of one terminal are priced in several currencies.'
      return { message, expected: 'one currency', actual: currencies.join(', ') }
    },
  }),
]

const aboutSold = (
  rule: string,
  judge: (tariff: Tariff, view: View) => Wrong | undefined,
  after: readonly string[] = [],
): Check =>
  each(rule, {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'tariffs.connector/2', 'tariffs.connector/3', ...after],
    of: soldTariffs,
    judge: ({ value, pointer }, view): Ruling => {
      const wrong = judge(value, view)
      return wrong === undefined ? 'ok' : { ...wrong, field: `${pointer}${wrong.field ?? ''}` }
    },
  })

const MUCH = 1000
const MAJOR = ['EUR', 'GBP', 'USD', 'CHF']

const holds: readonly Check[] = [
  aboutSold('tariffs.hold/1', (tariff) =>
    isFree(tariff) || tariff.preauthorize_amount != null || tariff.max_price != null
      ? undefined
      : {
          message: `Tariff ${tariff.id} does not say how much to hold.`,
          expected: 'preauthorize_amount, or max_price',
          actual: 'neither',
        },
  ),
  aboutSold(
    'tariffs.hold/2',
    (tariff) =>
      isFree(tariff) || tariff.preauthorize_amount != null
        ? undefined
        : { message: `Tariff ${tariff.id} has no preauthorize_amount.`, expected: 'an amount', actual: 'nothing' },
    ['tariffs.hold/1'],
  ),
  aboutSold(
    'tariffs.hold/3',
    (tariff) => {
      const amount = tariff.preauthorize_amount ?? tariff.max_price?.before_taxes
      if (amount == null || amount > 0 || isFree(tariff)) return undefined
      const field = tariff.preauthorize_amount == null ? '/max_price' : '/preauthorize_amount'
      return {
        message: `Tariff ${tariff.id} asks to hold ${amount}.`,
        expected: 'more than 0',
        actual: `${amount}`,
        field,
      }
    },
    ['tariffs.hold/1'],
  ),
  aboutSold(
    'tariffs.hold/5',
    ({ id, currency, preauthorize_amount: amount }) =>
      amount != null && amount > MUCH && MAJOR.includes(currency)
        ? {
            message: `Tariff ${id} asks to hold ${amount} ${currency}.`,
            expected: `at most ${MUCH}`,
            actual: `${amount}`,
            field: '/preauthorize_amount',
          }
        : undefined,
    ['tariffs.hold/1'],
  ),
]

const shown: readonly Check[] = [
  aboutSold(
    'tariffs.show/1',
    (tariff, view) => {
      const display = displayTariff(tariff, { language: 'en', at: view.now })
      return 'refused' in display
        ? { message: display.refused, expected: 'a price that a terminal can show', actual: 'none' }
        : undefined
    },
    ['tariffs.tariff/3', 'tariffs.price/1', 'tariffs.price/5', 'tariffs.price/6', 'tariffs.element/2'],
  ),
  aboutSold('tariffs.show/2', ({ id, tariff_alt_text: texts }) =>
    texts?.length
      ? undefined
      : { message: `Tariff ${id} has no tariff_alt_text.`, expected: 'a text per language', actual: 'nothing' },
  ),
]

export const tariffsCpoChecks: readonly Check[] = [...listing, ...owners, ...connectors, ...holds, ...shown]
