/** What a CDR holds beside its arithmetic: whose it is, where it happened, by which tariff. (cdrs; C-603 to C-610) */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { type Check, each, fields, type Ruling } from '../check.ts'
import type { Found, View } from '../view.ts'
import { offeredTo, tariffsOf } from './offer.ts'
import { type Purchase, purchasesOf, timeOf } from './purchase.ts'
import { grossNumber, heldFor } from './session-costs.ts'
import { equal, same } from './wrongs.ts'

export interface Billed extends Found<Cdr> {
  readonly purchase: Purchase
}

/** Every CDR of a session that was bought. */
export const billedOf = (view: View): readonly Billed[] =>
  purchasesOf(view).flatMap((purchase) => purchase.cdrs.map((cdr) => ({ ...cdr, purchase })))

export const SENT = ['cdrs.sent/1', 'cdrs.object/1', 'cdrs.object/3', 'cdrs.object/10']
const CLOCKS_MS = 5 * 60_000

const shape = fields({
  kind: 'CDR',
  needs: 'a CDR',
  owners: [
    [/^\/(id|country_code|party_id)$/, 'cdrs.object/1'],
    [/^\/(start_date_time|end_date_time|last_updated)$/, 'cdrs.object/2'],
    [/^\/cdr_token(\/|$)/, 'cdrs.object/3'],
    [/^\/cdr_location(\/|$)/, 'cdrs.object/4'],
    [/^\/charging_periods(\/|$)/, 'cdrs.object/5'],
    [/^\/total_cost(\/|$)/, 'cdrs.object/6'],
    [/^\/total_(fixed|energy|time|parking|reservation)_cost(\/|$)/, 'cdrs.object/7'],
    [/^\/total_(energy|time|parking_time)$/, 'cdrs.object/8'],
    [/^\/signed_data(\/|$)/, 'cdrs.object/9'],
  ],
  rest: 'cdrs.object/10',
})

/** A check of each CDR that was bought. */
export function ofCdr(rule: string, judge: (cdr: Billed, view: View) => Ruling, after: readonly string[] = []): Check {
  return each(rule, { needs: 'a CDR', after: [...SENT, ...after], of: billedOf, judge })
}

/** The last state of the session the CDR is about. */
export function lastSession({ purchase, value }: Billed) {
  const track = purchase.sessions.find(({ id }) => same(id, value.session_id)) ?? purchase.sessions.at(-1)
  return track?.told.at(-1)?.session
}

const names: readonly Check[] = [
  ofCdr('cdrs.owner/1', (cdr) => {
    const session = lastSession(cdr)
    for (const name of ['country_code', 'party_id'] as const) {
      const message = `${name} of the CDR is not the one of its Session.`
      const field = `${cdr.pointer}/${name}`
      const ruling = equal({ message, expected: session?.[name], actual: cdr.value[name], field })
      if (ruling !== 'ok') return ruling
    }
    return 'ok'
  }),
  ofCdr('cdrs.reference/1', ({ purchase, value, pointer }) =>
    equal({
      message:
        value.authorization_reference == null
          ? 'The CDR does not say which payment it belongs to: authorization_reference is missing.'
          : 'authorization_reference of the CDR is not the one of its START_SESSION.',
      expected: purchase.body.authorization_reference,
      actual: value.authorization_reference,
      field: `${pointer}/authorization_reference`,
    }),
  ),
  ofCdr('cdrs.reference/2', ({ purchase, value, pointer }) => {
    const ids = purchase.sessions.map(({ id }) => id)
    if (ids.some((id) => same(id, value.session_id))) return 'ok'
    if (ids.length === 0) return value.session_id == null ? undefined : 'ok'
    return {
      message: 'session_id of the CDR is not the id of its Session.',
      expected: ids[0] ?? '',
      actual: value.session_id ?? 'nothing',
      field: `${pointer}/session_id`,
    }
  }),
  ofCdr('cdrs.method/1', ({ value, pointer }) =>
    equal({
      message: 'auth_method of the CDR of a session that was started by a command is not COMMAND.',
      expected: 'COMMAND',
      actual: value.auth_method,
      field: `${pointer}/auth_method`,
    }),
  ),
]

const placed = (rule: string, name: 'id' | 'evse_uid' | 'connector_id') =>
  ofCdr(
    rule,
    ({ purchase, value, pointer }) =>
      equal({
        message: `cdr_location.${name} is not the one of the START_SESSION.`,
        expected: purchase.body[name === 'id' ? 'location_id' : name],
        actual: value.cdr_location[name],
        field: `${pointer}/cdr_location/${name}`,
      }),
    ['cdrs.object/4'],
  )

const place: readonly Check[] = [
  placed('cdrs.location/1', 'id'),
  placed('cdrs.location/2', 'evse_uid'),
  placed('cdrs.location/3', 'connector_id'),
  ofCdr(
    'cdrs.location/4',
    ({ purchase, value, pointer }, view) => {
      const { location, evse, connector } = offeredTo(purchase, view)
      if (location === undefined) return undefined
      const told = value.cdr_location
      const compared = [
        ['address', location.address.slice(0, 45), told.address.slice(0, 45)],
        ['city', location.city, told.city],
        ['country', location.country, told.country],
        ['evse_id', told.evse_id === '#NA' ? undefined : evse?.evse_id, told.evse_id],
        ['connector_standard', connector?.standard, told.connector_standard],
        ['connector_format', connector?.format, told.connector_format],
        ['connector_power_type', connector?.power_type, told.connector_power_type],
      ] as const
      const wrong = compared.find(([, expected, actual]) => expected != null && !same(expected, actual))
      if (wrong === undefined) return 'ok'
      const [name, expected, actual] = wrong
      const message = `cdr_location.${name} is not what the Location says.`
      return {
        message,
        expected: expected ?? '',
        actual: actual ?? 'nothing',
        field: `${pointer}/cdr_location/${name}`,
      }
    },
    ['cdrs.object/4', 'cdrs.location/1', 'cdrs.location/2', 'cdrs.location/3'],
  ),
]

const pricesOf = (tariff: Tariff): string =>
  JSON.stringify(
    tariff.elements.map(({ price_components, restrictions }) => [
      price_components.map(({ type, price, vat, step_size }) => [type, price, vat ?? null, step_size]),
      restrictions ?? null,
    ]),
  )

const tariff: readonly Check[] = [
  ofCdr('cdrs.currency/1', (cdr, view) => {
    const expected = offeredTo(cdr.purchase, view).tariff?.currency ?? lastSession(cdr)?.currency
    const message = 'The currency of the CDR is not that of its tariff.'
    return equal({ message, expected, actual: cdr.value.currency, field: `${cdr.pointer}/currency` })
  }),
  ofCdr('cdrs.tariff/1', ({ value, pointer }) =>
    (value.tariffs ?? []).length > 0
      ? 'ok'
      : {
          message: 'The CDR does not carry the tariff it was priced by.',
          expected: 'the tariff of the session',
          actual: 'none',
          field: `${pointer}/tariffs`,
        },
  ),
  ofCdr('cdrs.tariff/2', ({ purchase, value, pointer }, view) => {
    const { connector } = offeredTo(purchase, view)
    const offered = connector?.tariff_ids ?? []
    const [billed] = value.tariffs ?? []
    if (offered.length === 0) return undefined
    const known = tariffsOf(view).find(({ value: one }) => same(one.id, billed?.id))?.value
    const type = known?.type ?? billed?.type
    const fits = billed === undefined || offered.some((id) => same(id, billed.id))
    if (fits && (type == null || type === 'AD_HOC_PAYMENT' || offered.length === 1)) return 'ok'
    return {
      message: `The CDR is billed by tariff ${billed?.id}${fits ? ` of type ${type}` : ''}, which the connector does not offer for card payment.`,
      expected: `one of ${offered.join(', ')}, of type AD_HOC_PAYMENT or without a type`,
      actual: billed?.id ?? 'nothing',
      field: `${pointer}/tariffs/0/id`,
    }
  }),
  ofCdr(
    'cdrs.tariff/4',
    ({ purchase, value, pointer }, view) => {
      const [billed] = value.tariffs ?? []
      const offered = tariffsOf(view)
        .filter(({ seen }) => seen.index < purchase.seen.index)
        .findLast(({ value: one }) => same(one.id, billed?.id))?.value
      if (billed === undefined || offered === undefined || pricesOf(offered) === pricesOf(billed)) return 'ok'
      return {
        message: `Tariff ${billed.id} in the CDR has other prices than the one that was offered before the session.`,
        expected: pricesOf(offered),
        actual: pricesOf(billed),
        field: `${pointer}/tariffs/0/elements`,
      }
    },
    ['cdrs.tariff/2'],
  ),
  ofCdr(
    'cdrs.hold/1',
    ({ purchase, value, pointer }, view) => {
      const { tariff: offered } = offeredTo(purchase, view)
      const held = offered === undefined ? undefined : heldFor(offered)
      const cost = grossNumber(value.total_cost)
      if (held === undefined || cost <= held * 1.005 + 0.01) return 'ok'
      return {
        message: 'The CDR asks for more than its tariff asked to hold.',
        expected: `at most ${held}`,
        actual: String(cost),
        field: `${pointer}/total_cost`,
      }
    },
    ['cdrs.currency/1', 'cdrs.price/1', 'cdrs.tax/2'],
  ),
]

const times: readonly Check[] = [
  ofCdr(
    'cdrs.times/1',
    ({ value, seen, pointer }) => {
      const [start, end] = [timeOf(value.start_date_time) ?? 0, timeOf(value.end_date_time) ?? 0]
      if (end >= start && end <= seen.at + CLOCKS_MS) return 'ok'
      return {
        message: end < start ? 'The CDR ends before it starts.' : 'The CDR ends in the future.',
        expected: `between ${value.start_date_time} and now`,
        actual: value.end_date_time,
        field: `${pointer}/end_date_time`,
      }
    },
    ['cdrs.object/2'],
  ),
  ofCdr(
    'cdrs.times/2',
    ({ value, purchase, pointer }) =>
      (timeOf(value.start_date_time) ?? 0) >= purchase.seen.at - CLOCKS_MS
        ? 'ok'
        : {
            message: 'The CDR starts before its START_SESSION.',
            expected: `not before ${new Date(purchase.seen.at).toISOString()}`,
            actual: value.start_date_time,
            field: `${pointer}/start_date_time`,
          },
    ['cdrs.object/2'],
  ),
]

/** What the CPO has said last about who makes the invoice. */
export function invoiceTerms(view: View): { readonly creator?: string; readonly baseUrl?: string } {
  const changes = [...view.valid('TerminalChange'), ...view.valid('TerminalActivation')].sort(
    (a, b) => a.seen.index - b.seen.index,
  )
  const creator = changes.findLast(({ value }) => value.invoice_creator != null)?.value.invoice_creator
  const baseUrl = changes.findLast(({ value }) => value.invoice_base_url != null)?.value.invoice_base_url
  return { ...(creator == null ? {} : { creator }), ...(baseUrl == null ? {} : { baseUrl }) }
}

const invoice = ofCdr('cdrs.invoice/1', ({ value, pointer }, view) => {
  const { creator } = invoiceTerms(view)
  const told = value.invoice_reference_id != null
  if (creator === undefined || told === (creator === 'CPO')) return 'ok'
  return {
    message: told
      ? 'The terminal platform makes the invoice, and the CDR has invoice_reference_id nevertheless.'
      : 'The CPO makes the invoice, but the CDR has no invoice_reference_id.',
    expected: told ? 'no invoice_reference_id' : 'invoice_reference_id',
    actual: value.invoice_reference_id ?? 'nothing',
    field: `${pointer}/invoice_reference_id`,
  }
})

export const cdrsCpoChecks: readonly Check[] = [...shape, ...names, ...place, ...tariff, ...times, invoice]
