/** Faults of a CPO whose CDRs are missing, doubled or wrong. */
import { CDR, CDRS, cdrs, LONGER, PUT, read, shifted, speaking } from './charging-words.ts'
import {
  answers,
  asks,
  believes,
  body,
  both,
  type Defect,
  data,
  headers,
  items,
  type Json,
  reply,
  type Spoil,
  set,
} from './defect.ts'

const defect = (id: string, about: string, rule: string, spoil: Spoil): Defect => ({
  id: `cdrs/${id}`,
  target: 'cpo',
  about,
  rule,
  spoil,
})

const field = (pointer: string, to: unknown | ((old: unknown) => unknown)): Spoil =>
  cdrs((cdr) => set(cdr, pointer, to))
const times = (factor: number) => (old: unknown) => Number(old) * factor
const later = (ms: number) => (old: unknown) => shifted(old, ms)
const emptied = answers(CDRS, (response) =>
  headers(
    data(response, () => []),
    { 'x-total-count': '0', link: undefined },
  ),
)
/** Changes the only charging period of a session of half a minute. */
const inPeriod = (change: (period: Json) => void): Spoil =>
  both(
    LONGER,
    cdrs((cdr) => (cdr['charging_periods'] as Json[]).forEach(change)),
  )
const volumeOf = (type: string, to: (old: number) => number) => (period: Json) => {
  for (const one of period['dimensions'] as { type: string; volume: number }[])
    if (one.type === type) one.volume = to(one.volume)
}
const again = (change: (cdr: Json) => Json): Spoil =>
  speaking((post) => ({
    send: (send) => async (request, options) => {
      const sent = await send(request, options)
      if (/\/receiver\/cdrs$/.test(request.url) && sent.status < 300) await post(request.url, change(read(request)))
      return sent
    },
  }))

const course: readonly Defect[] = [
  defect(
    'never',
    'No CDR comes',
    'cdrs.sent/1',
    both(
      believes(CDR, () => reply(201)),
      emptied,
    ),
  ),
  defect('monthly', 'CDRs come an hour later', 'cdrs.sent/1', {
    options: { plan: { plugInMs: 1_500, cdrMs: 3_600_000 } },
  }),
  defect(
    'two',
    'A session has two CDRs',
    'cdrs.sent/2',
    again((cdr) => ({ ...cdr, id: `${String(cdr['id']).slice(0, 30)}-2` })),
  ),
  defect(
    'changed',
    'A CDR comes again with a remark',
    'cdrs.sent/3',
    again((cdr) => ({ ...cdr, remark: 'corrected' })),
  ),
  defect(
    'list-differs',
    'The list shows a CDR as it was never sent',
    'cdrs.sent/3',
    answers(CDRS, (response) => items(response, (cdr) => set(cdr, '/meter_id', 'M-1'))),
  ),
  defect(
    'lost-after-500',
    'A CDR that was not taken is forgotten',
    'cdrs.sent/4',
    (() => {
      let count = 0
      return both(
        {
          send: (send) => async (request, options) => {
            if (!/\/receiver\/cdrs$/.test(request.url)) return send(request, options)
            count += 1
            return count === 1 ? send(request, options) : reply(201)
          },
        },
        emptied,
      )
    })(),
  ),
  defect(
    'unused-billed',
    'A session without a car gets a CDR with a cost',
    'cdrs.sent/5',
    (() => {
      let unused: Json | undefined
      return both(
        asks(PUT, (request) => {
          if (request.body.includes('INVALID')) unused = read(request)
          return request
        }),
        again((cdr) => ({
          ...cdr,
          id: 'CDR-OF-NOBODY',
          session_id: unused?.['id'],
          authorization_reference: unused?.['authorization_reference'],
          cdr_token: unused?.['cdr_token'],
        })),
      )
    })(),
  ),
  defect(
    'list-object',
    'The list of CDRs is an object',
    'paging.list/1',
    answers(CDRS, (response) => data(response, (list) => ({ cdrs: list }))),
  ),
  defect('list-empty', 'The list of CDRs shows none', 'cdrs.list/2', emptied),
]

const shapes: readonly Defect[] = [
  defect(
    'id-missing',
    'The id is missing',
    'cdrs.object/1',
    asks(CDR, (request) => body(request, (cdr) => set(cdr, '/id', undefined))),
  ),
  defect('end-missing', 'end_date_time is missing', 'cdrs.object/2', field('/end_date_time', undefined)),
  defect('start-unix', 'start_date_time is a number', 'cdrs.object/2', field('/start_date_time', 1_909_216_800)),
  defect('token-type-missing', 'cdr_token has no type', 'cdrs.object/3', field('/cdr_token/type', undefined)),
  defect(
    'location-no-coordinates',
    'cdr_location has no coordinates',
    'cdrs.object/4',
    field('/cdr_location/coordinates', undefined),
  ),
  defect('location-missing', 'cdr_location is missing', 'cdrs.object/4', field('/cdr_location', undefined)),
  defect(
    'country-alpha-2',
    'cdr_location.country is missing',
    'cdrs.object/4',
    field('/cdr_location/country', undefined),
  ),
  defect('periods-none', 'There are no charging periods', 'cdrs.object/5', field('/charging_periods', [])),
  defect(
    'dimension-unknown',
    'A dimension has a name of its own',
    'cdrs.object/5',
    field('/charging_periods/*/dimensions/0/type', 'KWH'),
  ),
  defect('cost-number', 'total_cost is a number', 'cdrs.object/6', field('/total_cost', 1.21)),
  defect(
    'cost-of-2.2.1',
    'total_cost has the words of 2.2.1 in 2.3.0',
    'cdrs.object/6',
    field('/total_cost', { excl_vat: 1, incl_vat: 1.21 }),
  ),
  defect('energy-cost-number', 'total_energy_cost is a number', 'cdrs.object/7', field('/total_energy_cost', 1.21)),
  defect(
    'energy-text',
    'total_energy is a text',
    'cdrs.object/8',
    field('/total_energy', (old: unknown) => String(old)),
  ),
  defect('time-missing', 'total_time is missing', 'cdrs.object/8', field('/total_time', undefined)),
  defect(
    'signed-empty',
    'signed_data has no values',
    'cdrs.object/9',
    field('/signed_data', { encoding_method: 'OCMF', signed_values: [] }),
  ),
  defect('method-unknown', 'auth_method is CREDIT_CARD', 'cdrs.object/10', field('/auth_method', 'CREDIT_CARD')),
  defect('currency-missing', 'currency is missing', 'cdrs.object/10', field('/currency', undefined)),
]

const names: readonly Defect[] = [
  defect(
    'id-too-long',
    'The id has 38 characters',
    'cdrs.id/1',
    field('/id', (old: unknown) => `C-${String(old)}`),
  ),
  defect('other-owner', 'CDRs belong to another party than Sessions', 'cdrs.owner/1', field('/party_id', 'XYZ')),
  defect(
    'reference-missing',
    'authorization_reference is missing',
    'cdrs.reference/1',
    field('/authorization_reference', undefined),
  ),
  defect(
    'reference-own',
    'authorization_reference is an id of the CPO',
    'cdrs.reference/1',
    field('/authorization_reference', 'CPO-AUTH-1'),
  ),
  defect('session-missing', 'session_id is missing', 'cdrs.reference/2', field('/session_id', undefined)),
  defect(
    'session-transaction',
    'session_id is the transaction id of the charger',
    'cdrs.reference/2',
    field('/session_id', '4711'),
  ),
  defect('method-whitelist', 'auth_method is WHITELIST', 'cdrs.method/1', field('/auth_method', 'WHITELIST')),
  defect(
    'place-location',
    'cdr_location.id is the id of the EVSE',
    'cdrs.location/1',
    field('/cdr_location/id', 'JDG-AC-1'),
  ),
  defect(
    'place-evse',
    'cdr_location.evse_uid is the evse_id',
    'cdrs.location/2',
    field('/cdr_location/evse_uid', 'NL*ABC*E1'),
  ),
  defect(
    'place-connector',
    'cdr_location.connector_id counts from 0',
    'cdrs.location/3',
    field('/cdr_location/connector_id', '0'),
  ),
  defect(
    'address-of-office',
    'cdr_location has the address of the company',
    'cdrs.location/4',
    field('/cdr_location/address', 'Head Office 1'),
  ),
  defect(
    'standard-other',
    'cdr_location has another kind of plug',
    'cdrs.location/4',
    field('/cdr_location/connector_standard', 'CHADEMO'),
  ),
  defect(
    'currency-other',
    'CDRs are in another currency than the tariff',
    'cdrs.currency/1',
    field('/currency', 'USD'),
  ),
  defect('token-uid', 'cdr_token.uid is the id tag of the charger', 'tokens.cdr/1', field('/cdr_token/uid', 'TAG123')),
  defect('token-type', 'cdr_token.type is RFID', 'tokens.cdr/2', field('/cdr_token/type', 'RFID')),
  defect(
    'token-contract',
    'cdr_token.contract_id is one of the CPO',
    'tokens.cdr/3',
    field('/cdr_token/contract_id', 'NL-ABC-C1'),
  ),
  defect('token-party', 'cdr_token names the CPO as issuer', 'tokens.cdr/4', field('/cdr_token/party_id', 'ABC')),
  defect('tariff-missing', 'The CDR has no tariff', 'cdrs.tariff/1', field('/tariffs', undefined)),
  defect(
    'tariff-other',
    'The CDR is billed by a tariff of another connector',
    'cdrs.tariff/2',
    cdrs((cdr) => {
      set(cdr, '/tariffs/0/id', 'JDG-NIGHT')
      set(cdr, '/charging_periods/*/tariff_id', 'JDG-NIGHT')
    }),
  ),
  defect(
    'tariff-unknown',
    'A period names a tariff that is not there',
    'cdrs.tariff/3',
    field('/charging_periods/*/tariff_id', 'JDG-OLD'),
  ),
  defect(
    'tariff-raised',
    'The tariff of the CDR is dearer than the one offered',
    'cdrs.tariff/4',
    field('/tariffs/0/elements/0/price_components/0/price', 0.9),
  ),
  defect(
    'invoice-id-missing',
    'The CPO invoices and says no invoice_reference_id',
    'cdrs.invoice/1',
    field('/invoice_reference_id', undefined),
  ),
]

const hour = 3_600_000

const arithmetic: readonly Defect[] = [
  defect('ends-before-start', 'A CDR ends before it starts', 'cdrs.times/1', field('/end_date_time', later(-hour))),
  defect('ends-tomorrow', 'A CDR ends tomorrow', 'cdrs.times/1', field('/end_date_time', later(24 * hour))),
  defect(
    'local-time',
    'The times of a CDR are local times written as UTC',
    'cdrs.times/2',
    cdrs((cdr) => {
      set(cdr, '/start_date_time', later(-2 * hour))
      set(cdr, '/end_date_time', later(-2 * hour))
      set(cdr, '/charging_periods/*/start_date_time', later(-2 * hour))
    }),
  ),
  defect('wh', 'ENERGY of the periods is in Wh', 'cdrs.periods/1', inPeriod(volumeOf('ENERGY', (old) => old * 1000))),
  defect(
    'minutes',
    'TIME of the periods is in minutes',
    'cdrs.periods/2',
    inPeriod(volumeOf('TIME', (old) => old * 60)),
  ),
  defect(
    'seconds',
    'TIME of the periods is in seconds',
    'cdrs.periods/2',
    inPeriod(volumeOf('TIME', (old) => old * 3600)),
  ),
  defect(
    'gap',
    'The first period begins ten seconds late',
    'cdrs.periods/3',
    inPeriod((period) => {
      set(period, '/start_date_time', later(10_000))
      volumeOf('TIME', (old) => old - 0.003)(period)
    }),
  ),
  defect(
    'period-before',
    'A period begins before the session',
    'cdrs.periods/4',
    inPeriod((period) => set(period, '/start_date_time', later(-hour))),
  ),
  defect(
    'period-order',
    'The periods are not in order',
    'cdrs.periods/5',
    both(
      LONGER,
      cdrs((cdr) => {
        const [period] = cdr['charging_periods'] as Json[]
        const late = {
          start_date_time: shifted(period?.['start_date_time'], 10_000),
          dimensions: [{ type: 'TIME', volume: 0 }],
        }
        set(cdr, '/charging_periods', [late, period])
      }),
    ),
  ),
  defect(
    'time-tripled',
    'A period tells three times its length',
    'cdrs.periods/6',
    inPeriod(volumeOf('TIME', (old) => old * 3)),
  ),
  defect(
    'dimension-twice',
    'ENERGY stands in a period twice',
    'cdrs.periods/7',
    inPeriod((period) => {
      const [energy] = period['dimensions'] as Json[]
      set(period, '/dimensions', [...(period['dimensions'] as Json[]), { ...energy }])
    }),
  ),
  defect('negative', 'A volume is negative', 'cdrs.periods/7', inPeriod(volumeOf('TIME', (old) => -old))),
  defect(
    'max-power',
    'MAX_POWER is in W',
    'cdrs.periods/9',
    inPeriod((period) =>
      set(period, '/dimensions', [...(period['dimensions'] as Json[]), { type: 'MAX_POWER', volume: 22_000 }]),
    ),
  ),
  defect(
    'energy-sum',
    'total_energy is more than its periods',
    'cdrs.totals/1',
    field('/total_energy', (old: unknown) => Number(old) + 1),
  ),
  defect('time-in-minutes', 'total_time is in minutes', 'cdrs.totals/2', both(LONGER, field('/total_time', times(60)))),
  defect('parking-sum', 'total_parking_time is in no period', 'cdrs.totals/3', field('/total_parking_time', 0.5)),
  defect(
    'more-than-the-session',
    'The CDR bills more energy than its Session had',
    'cdrs.session/1',
    both(
      LONGER,
      cdrs((cdr) => {
        set(cdr, '/total_energy', (old: unknown) => Number(old) + 0.05)
        ;(cdr['charging_periods'] as Json[]).forEach(volumeOf('ENERGY', (old) => old + 0.05))
      }),
    ),
  ),
]

const price = (net: number) => ({
  before_taxes: net,
  taxes: [{ name: 'VAT', percentage: 21, amount: Math.round(net * 2100) / 10_000 }],
})

const prices: readonly Defect[] = [
  defect(
    'doubled',
    'total_cost is twice what the tariff gives',
    'cdrs.price/1',
    cdrs((cdr) => {
      set(cdr, '/total_cost/before_taxes', times(2))
      set(cdr, '/total_cost/taxes/*/amount', times(2))
    }),
  ),
  defect(
    'without-fee',
    'total_cost forgets the fixed fee',
    'cdrs.price/1',
    cdrs((cdr) => set(cdr, '/total_cost', cdr['total_energy_cost'])),
  ),
  defect(
    'in-cents',
    'total_cost is in cents',
    'cdrs.price/1',
    cdrs((cdr) => {
      set(cdr, '/total_cost/before_taxes', times(100))
      set(cdr, '/total_cost/taxes/*/amount', times(100))
    }),
  ),
  defect(
    'parts-swapped',
    'Energy is billed as fixed fee and the other way round',
    'cdrs.price/2',
    cdrs((cdr) => {
      const { total_fixed_cost: fee, total_energy_cost: energy } = cdr
      set(cdr, '/total_fixed_cost', energy)
      set(cdr, '/total_energy_cost', fee)
    }),
  ),
  defect('parts-too-much', 'The costs are more than the total', 'cdrs.price/3', field('/total_energy_cost', price(2))),
  defect(
    'negative-total',
    'A CDR that is no credit has a negative total',
    'cdrs.price/5',
    cdrs((cdr) => {
      set(cdr, '/total_cost/before_taxes', times(-1))
      set(cdr, '/total_cost/taxes/*/amount', times(-1))
    }),
  ),
  defect('taxes-missing', 'total_cost has no taxes', 'cdrs.tax/1', field('/total_cost/taxes', [])),
  defect(
    'taxes-of-another-country',
    'The taxes are 7 % where the tariff says 21 %',
    'cdrs.tax/1',
    cdrs((cdr) =>
      set(cdr, '/total_cost/taxes', [
        { name: 'VAT', percentage: 7, amount: Number((cdr['total_cost'] as Json)['before_taxes']) * 0.07 },
      ]),
    ),
  ),
  defect(
    'gross-as-net',
    'before_taxes is the amount with taxes',
    'cdrs.tax/2',
    cdrs((cdr) => {
      set(cdr, '/total_cost/before_taxes', times(1.21))
      set(cdr, '/total_cost/taxes', [])
    }),
  ),
  defect(
    'rate-wrong',
    'A tax names another rate than it was made with',
    'cdrs.tax/3',
    field('/total_cost/taxes/*/percentage', 7),
  ),
]

export const cdrDefects: readonly Defect[] = [...course, ...shapes, ...names, ...arithmetic, ...prices]
