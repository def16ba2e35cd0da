/** Faults of a CPO in its tariffs. */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { WireRequest } from '@plugtill/ocpi/wire'
import { answers, both, type Defect, data, headers, insteadOf, items, type Json, type Spoil, set } from './defect.ts'
import { connectors, energy, fee, field, instead, listed, priced, sold, TARIFFS } from './sites-words.ts'

const defect = (id: string, about: string, rule: string, spoil: Defect['spoil']): Defect => ({
  id: `tariffs/${id}`,
  target: 'cpo',
  about,
  rule: `tariffs.${rule}`,
  spoil,
})

const list = (change: (all: readonly Json[]) => unknown): Spoil =>
  answers(TARIFFS, (response) => data(response, (all) => change(all as unknown as readonly Json[])))

const listing: readonly Defect[] = [
  defect('list-404', 'The list of tariffs is not served', 'list/1', instead(TARIFFS, 404, { status_code: 2000 })),
  defect(
    'list-3000',
    'The list of tariffs is an error in the envelope',
    'list/1',
    instead(TARIFFS, 200, { status_code: 3000 }),
  ),
  defect(
    'one-tariff',
    'The list of tariffs is one tariff',
    'list/1',
    list(([first]) => first),
  ),
  defect(
    'list-empty',
    'There is no tariff for this partner',
    'list/2',
    answers(TARIFFS, (response) => ({
      ...data(response, () => []),
      headers: without(response.headers, '0'),
    })),
  ),
  defect(
    'twice',
    'A tariff stands in the list twice',
    'list/3',
    answers(/^GET \S+\/sender\/tariffs$/, (response) =>
      headers(
        data(response, (all) => [...(all as unknown as Json[]), ...(all as unknown as Json[]).slice(0, 1)]),
        { 'x-total-count': '4' },
      ),
    ),
  ),
]

/** Links and counts of an empty list. */
const without = (sent: Readonly<Record<string, string>>, total: string) => {
  const { link: _link, ...others } = sent
  return { ...others, 'x-total-count': total }
}
const offered = (change: (all: readonly Tariff[]) => readonly Tariff[]): Spoil => ({ options: { tariffs: change } })

const shapes: readonly Defect[] = [
  defect('no-party', 'Tariffs have no party_id', 'tariff/1', listed(field('party_id', undefined))),
  defect(
    'number-id',
    'The id of tariffs is a number',
    'tariff/1',
    listed((one) => set(one, '/id', (id: unknown) => ['JDG-AC', 'JDG-DC', 'JDG-DEAR'].indexOf(String(id)))),
  ),
  defect('other-party', 'Tariffs belong to a party without role', 'tariff/2', listed(field('party_id', 'XYZ'))),
  defect('euro-sign', 'The currency is a sign', 'tariff/3', listed(field('currency', '€'))),
  defect('lower-case-currency', 'The currency is in small letters', 'tariff/3', listed(field('currency', 'eur'))),
  defect('odd-type', 'The type is a word of its own', 'tariff/4', listed(field('type', 'AD_HOC'))),
  defect('no-elements', 'Tariffs have no elements', 'tariff/5', listed(field('elements', []))),
  defect(
    'no-components',
    'Elements have no price components',
    'tariff/5',
    listed((one) => set(one, '/elements/*/price_components', [])),
  ),
  defect(
    'price-text',
    'Prices are texts',
    'tariff/6',
    listed((one) => set(one, '/elements/*/price_components/*/price', '0.40')),
  ),
  defect(
    'no-step',
    'step_size is missing',
    'tariff/6',
    listed((one) => set(one, '/elements/*/price_components/*/step_size', undefined)),
  ),
  defect(
    'kwh',
    'The dimension is KWH',
    'tariff/6',
    listed((one) => set(one, '/elements/*/price_components/0/type', 'KWH')),
  ),
  defect(
    'short-time',
    'Times of day have one digit',
    'tariff/7',
    listed((one) => set(one, '/elements/*/restrictions', { start_time: '8:00', end_time: '20:00' })),
  ),
  defect('no-tax-included', 'tax_included is missing', 'tariff/8', listed(field('tax_included', undefined))),
  defect('boolean-tax', 'tax_included is true or false', 'tariff/8', listed(field('tax_included', false))),
  defect('date-only', 'A start is no time', 'tariff/9', listed(field('start_date_time', 'today'))),
  defect('no-last-updated', 'last_updated is missing', 'tariff/9', listed(field('last_updated', undefined))),
  defect('max-price-number', 'max_price is a number', 'tariff/10', listed(field('max_price', 60.5))),
  defect('hold-text', 'preauthorize_amount is a text', 'tariff/10', listed(field('preauthorize_amount', '60.50'))),
  defect('alt-text', 'tariff_alt_text is one text', 'tariff/11', listed(field('tariff_alt_text', 'Parking is free.'))),
  defect(
    'locale',
    'Languages have a country',
    'tariff/11',
    listed((one) => set(one, '/tariff_alt_text/*/language', 'nl-NL')),
  ),
  defect('odd-url', 'tariff_alt_url is no URL', 'tariff/12', listed(field('tariff_alt_url', 'www.cpo.example'))),
  defect(
    'ends-before',
    'Tariffs end before they start',
    'tariff/13',
    listed((one) =>
      Object.assign(one, { start_date_time: '2030-07-01T00:00:00Z', end_date_time: '2030-06-01T00:00:00Z' }),
    ),
  ),
  defect(
    'old-ones',
    'Tariffs of last year are still listed',
    'tariff/14',
    offered((all) => [
      ...all,
      ...all.slice(0, 1).map((one) => ({ ...one, id: 'LAST-YEAR', end_date_time: '2029-12-31T23:00:00Z' })),
    ]),
  ),
]

const named: readonly Defect[] = [
  defect(
    'not-listed',
    'A tariff that connectors name is not in the list',
    'connector/1',
    offered((all) => all.filter(({ id }) => id !== 'JDG-DC')),
  ),
  defect(
    'other-id',
    'Connectors name tariffs by their title',
    'connector/1',
    connectors(field('tariff_ids', ['AC tariff'])),
  ),
  defect('regular', 'All tariffs are for drivers with a contract', 'connector/2', listed(field('type', 'REGULAR'))),
  defect(
    'not-yet',
    'The tariff for cards begins next month',
    'connector/3',
    listed(field('start_date_time', '2030-08-01T00:00:00Z')),
  ),
  defect(
    'ended',
    'The tariff for cards ended yesterday',
    'connector/3',
    listed(field('end_date_time', '2030-07-01T00:00:00Z')),
  ),
  defect(
    'two-at-once',
    'Two tariffs for cards are in force',
    'connector/4',
    both(
      connectors((one) => set(one, '/tariff_ids', (ids: unknown) => [...(ids as string[]), 'JDG-OTHER'])),
      offered((all) => [...all, ...all.slice(0, 1).map((one) => ({ ...one, id: 'JDG-OTHER' }))]),
    ),
  ),
  defect(
    'two-currencies',
    'One terminal sells in two currencies',
    'connector/5',
    sold((one) => (one.id === 'JDG-AC' ? { ...one, currency: 'CHF' } : one)),
  ),
]

const nothing = { preauthorize_amount: undefined, max_price: undefined }

const holds: readonly Defect[] = [
  defect(
    'no-hold',
    'No tariff says how much to hold',
    'hold/1',
    sold((one) => ({ ...one, ...nothing })),
  ),
  {
    ...defect(
      'no-hold-2.2.1',
      'No tariff says how much to hold, in 2.2.1',
      'hold/1',
      sold((one) => ({ ...one, ...nothing })),
    ),
    version: '2.2.1',
  },
  defect(
    'max-price-only',
    'Tariffs have max_price only',
    'hold/2',
    sold((one) => ({ ...one, preauthorize_amount: undefined, max_price: { before_taxes: 50, after_taxes: 60.5 } })),
  ),
  defect(
    'hold-of-zero',
    'The amount to hold is 0',
    'hold/3',
    sold((one) => ({ ...one, preauthorize_amount: 0 })),
  ),
  defect(
    'hold-too-low',
    'The amount to hold is below the least price',
    'hold/4',
    sold((one) => ({
      ...one,
      max_price: undefined,
      preauthorize_amount: 5,
      min_price: { before_taxes: 10, after_taxes: 12.1 },
    })),
  ),
  defect(
    'hold-in-cents',
    'The amount to hold is in cents',
    'hold/5',
    sold((one) => ({ ...one, max_price: undefined, preauthorize_amount: 6050 })),
  ),
  defect(
    'hold-above-most',
    'The amount to hold is more than a session can cost',
    'hold/6',
    sold((one) => ({ ...one, max_price: { before_taxes: 50, after_taxes: 60.5 }, preauthorize_amount: 100 })),
  ),
]

const vats = (vat: number | undefined) => priced(energy({ vat }), fee({ vat }))
const restricted = (restrictions: object, price = 0.2) => ({ price_components: [energy({ price })], restrictions })
const elements = (...all: readonly object[]): Spoil => sold((one) => ({ ...one, elements: all }))
const base = { price_components: [energy(), fee()] }

const prices: readonly Defect[] = [
  defect(
    'negative',
    'A price is below zero',
    'price/1',
    listed((one) => set(one, '/elements/0/price_components/0/price', -0.4)),
  ),
  defect('cents', 'Prices are in cents', 'price/2', priced(energy({ price: 39 }), fee())),
  defect('step-zero', 'step_size is 0', 'price/3', priced(energy({ step_size: 0 }), fee())),
  defect('fraction-vat', 'vat is a fraction', 'price/4', vats(0.21)),
  defect(
    'vat-without-tax',
    'No tax applies, and vat is given',
    'price/4',
    sold((one) => ({ ...one, tax_included: 'N/A' })),
  ),
  defect('no-vat', 'Net prices come without vat', 'price/5', vats(undefined)),
  defect(
    'gross-no-vat',
    'Gross prices come without vat',
    'price/5',
    both(
      sold((one) => ({
        ...one,
        max_price: undefined,
        tax_included: 'YES',
        elements: [{ price_components: [energy({ vat: undefined }), fee({ vat: undefined })] }],
      })),
    ),
  ),
  defect('unsaid-free', 'What is free has energy of price 0', 'price/6', priced(energy({ price: 0 }))),
  defect('per-minute', 'Energy has no price', 'price/7', priced({ ...energy({ price: 6 }), type: 'TIME' }, fee())),
]

const shown: readonly Defect[] = [
  defect(
    'hidden',
    'The night tariff stands behind the usual one',
    'element/1',
    elements(base, restricted({ start_time: '22:00', end_time: '06:00' })),
  ),
  defect(
    'impossible',
    'A restriction excludes itself',
    'element/1',
    elements(restricted({ min_kwh: 20, max_kwh: 10 }), base),
  ),
  defect(
    'two-energies',
    'An element prices energy twice',
    'element/2',
    listed((one) => set(one, '/elements/0/price_components', [energy(), energy({ price: 0.6 }), fee()])),
  ),
  defect(
    'day-only',
    'Energy has a price by day only',
    'element/3',
    elements(restricted({ start_time: '08:00', end_time: '20:00' }, 0.4), { price_components: [fee()] }),
  ),
  defect('watt-hours', 'A limit of energy is in Wh', 'element/4', elements(restricted({ min_kwh: 30_000 }, 0.6), base)),
  defect(
    'gross-below-net',
    'after_taxes of max_price is below before_taxes',
    'limit/2',
    listed((one) =>
      Object.assign(one, { preauthorize_amount: 50, max_price: { before_taxes: 60.5, after_taxes: 50 } }),
    ),
  ),
  defect(
    'other-tax',
    'The tax of max_price fits no rate',
    'limit/1',
    sold((one) => ({ ...one, preauthorize_amount: 50, max_price: { before_taxes: 50, after_taxes: 54.5 } })),
  ),
  defect(
    'least-above-most',
    'min_price is above max_price',
    'limit/2',
    listed((one) =>
      Object.assign(one, {
        preauthorize_amount: 60,
        min_price: { before_taxes: 20, after_taxes: 24.2 },
        max_price: { before_taxes: 10, after_taxes: 12.1 },
      }),
    ),
  ),
  defect(
    'no-texts',
    'Tariffs have no texts',
    'show/2',
    sold((one) => ({ ...one, tariff_alt_text: undefined })),
  ),
  defect(
    'odd-language',
    'A language is none',
    'show/3',
    sold((one) => ({ ...one, tariff_alt_text: [{ language: '12', text: 'Parking is free.' }] })),
  ),
  defect(
    'two-texts',
    'Two texts are in one language',
    'show/3',
    sold((one) => ({
      ...one,
      tariff_alt_text: [
        { language: 'en', text: 'Parking is free.' },
        { language: 'en', text: 'Have a good trip.' },
      ],
    })),
  ),
  defect(
    'price-in-text',
    'A text repeats the price',
    'show/4',
    sold((one) => ({ ...one, tariff_alt_text: [{ language: 'en', text: 'You pay 0.40 EUR per kWh.' }] })),
  ),
]

const PUSHED = /^PATCH \S+\/receiver\/locations\//

/** Pushes a tariff to the judge beside its first push of a status. */
function pushing(method: 'PUT' | 'DELETE', path: string, tariff?: object): () => Spoil {
  return () => {
    let done = false
    const push = ({ url, headers }: WireRequest): WireRequest => ({
      method,
      url: `${url.replace(/\/locations\/.*$/, '')}/tariffs/${path}`,
      headers: { ...headers, 'x-request-id': `${headers['x-request-id']}-tariff` },
      body: tariff === undefined ? '' : JSON.stringify(tariff),
    })
    return {
      send: (send) => async (request, options) => {
        if (!done && PUSHED.test(`${request.method} ${new URL(request.url).pathname}`)) {
          done = true
          await send(push(request), options)
        }
        return send(request, options)
      },
    }
  }
}

const TARIFF = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'JDG-NEW',
  currency: 'EUR',
  type: 'AD_HOC_PAYMENT',
  tariff_alt_text: [{ language: 'en', text: 'Parking is free.' }],
  preauthorize_amount: 50,
  elements: [base],
  tax_included: 'NO',
  last_updated: '2030-07-02T10:00:05.000Z',
}

/** Before the first sale the list says that everything was changed a day later than it says afterwards. */
const ageing = (): Spoil => {
  let sold = false
  return both(
    insteadOf(
      ({ url, body }) => /START_SESSION$/.test(url) && body.includes('authorization_reference'),
      () => {
        sold = true
        return undefined
      },
    ),
    answers(TARIFFS, (response) =>
      sold ? response : items(response, (one) => ({ ...one, last_updated: '2030-07-03T00:00:00.000Z' })),
    ),
  )
}

const pushes: readonly Defect[] = [
  defect(
    'push-other-party',
    'A tariff is pushed to the URL of another party',
    'push/1',
    pushing('PUT', 'NL/XYZ/JDG-NEW', TARIFF),
  ),
  defect(
    'push-other-id',
    'A pushed tariff has another id than its URL',
    'push/1',
    pushing('PUT', 'NL/ABC/JDG-OLD', TARIFF),
  ),
  defect('push-delete', 'A tariff in use is deleted', 'push/2', pushing('DELETE', 'NL/ABC/JDG-AC')),
  defect('push-only', 'A pushed tariff does not come to the list', 'push/3', pushing('PUT', 'NL/ABC/JDG-NEW', TARIFF)),
  defect(
    'push-differs',
    'A pushed tariff differs from the list',
    'push/3',
    pushing('PUT', 'NL/ABC/JDG-DC', { ...TARIFF, id: 'JDG-DC' }),
  ),
  defect('ageing', 'last_updated of tariffs goes back', 'push/4', ageing),
]

export const tariffsDefects: readonly Defect[] = [
  ...listing,
  ...shapes,
  ...named,
  ...holds,
  ...prices,
  ...shown,
  ...pushes,
]
