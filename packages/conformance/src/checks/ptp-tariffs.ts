/** What a PTP does with pushes of tariffs. (tariffs › Receiver; C-201, C-207) */
import type { Check } from '../check.ts'
import { coped, refused, shows, taken, textOf, unlessOffered } from './ask-back.ts'
import { known, paged } from './ptp-sources.ts'

const noPrices = unlessOffered('tariffs')
const PUT_PRICE = 'tariffs.receiver.put/1'
const GET_PRICE = 'tariffs.receiver.get/1'
const prices = { kind: 'Tariff', unless: noPrices } as const

const energyPrice = (value: {
  elements: readonly { price_components: readonly { type: string; price: number }[] }[]
}) => value.elements.flatMap((one) => one.price_components).find(({ type }) => type === 'ENERGY')?.price

const takingPrices: readonly Check[] = [
  taken(PUT_PRICE, {
    what: 'A PUT of a tariff',
    probes: ['tariffs.put', 'tariffs.replace', 'tariffs.push'],
    places: ['tariffs.putTariff'],
    unless: noPrices,
  }),
  taken(GET_PRICE, {
    what: 'GET of a tariff that was pushed',
    probes: ['tariffs.put.after'],
    after: [PUT_PRICE],
    unless: noPrices,
  }),
  shows('tariffs.receiver.get/2', {
    ...prices,
    what: 'The price of a tariff that was pushed',
    probes: ['tariffs.put.after'],
    after: [PUT_PRICE, GET_PRICE],
    expected: 'ENERGY for 0.4',
    differs: (value) => (energyPrice(value) === 0.4 ? undefined : textOf(energyPrice(value))),
  }),
  shows('tariffs.receiver.get/3', {
    ...prices,
    what: 'The amount to hold of a tariff that was pushed',
    probes: ['tariffs.put.after'],
    after: [PUT_PRICE, GET_PRICE],
    expected: 'preauthorize_amount 60.5',
    differs: ({ preauthorize_amount: amount }) => (amount === 60.5 ? undefined : textOf(amount ?? 'none')),
  }),
  refused('tariffs.receiver.get/4', {
    what: 'GET of a tariff that there is not',
    probes: ['tariffs.unknown'],
    http: 404,
    unless: noPrices,
  }),
  shows('tariffs.receiver.put/2', {
    ...prices,
    what: 'A tariff after it was put again with another price',
    probes: ['tariffs.replace.after'],
    after: [PUT_PRICE, GET_PRICE],
    expected: 'ENERGY for 0.77',
    differs: (value) => (energyPrice(value) === 0.77 ? undefined : textOf(energyPrice(value))),
  }),
  shows('tariffs.receiver.put/3', {
    ...prices,
    what: 'A tariff after it was put again without max_price',
    probes: ['tariffs.replace.after'],
    after: [PUT_PRICE, GET_PRICE, 'tariffs.receiver.put/2'],
    expected: 'no max_price',
    differs: ({ max_price }) => (max_price == null ? undefined : textOf(max_price)),
  }),
  refused('tariffs.receiver.put/4', {
    what: 'A tariff without elements',
    probes: ['tariffs.broken'],
    after: [PUT_PRICE],
    unless: noPrices,
  }),
  shows('tariffs.receiver.order/1', {
    ...prices,
    what: 'A tariff after an older one was pushed',
    probes: ['tariffs.older.after'],
    after: [PUT_PRICE, GET_PRICE, 'tariffs.receiver.put/2'],
    expected: 'ENERGY for 0.77, which is newer',
    differs: (value) => (energyPrice(value) === 0.77 ? undefined : textOf(energyPrice(value))),
  }),
  refused('tariffs.receiver.owner/1', {
    what: 'A tariff of a party that the CPO is not',
    probes: ['tariffs.foreign'],
    after: [PUT_PRICE],
    unless: noPrices,
  }),
  refused('tariffs.receiver.owner/2', {
    what: 'A tariff whose id is not that of its URL',
    probes: ['tariffs.other-id'],
    after: [PUT_PRICE],
    unless: noPrices,
  }),
  taken('tariffs.receiver.open/1', {
    what: 'A tariff with a field that is new',
    probes: ['tariffs.new-words'],
    after: [PUT_PRICE],
    unless: noPrices,
  }),
  taken('tariffs.receiver.delete/1', {
    what: 'DELETE of a tariff',
    probes: ['tariffs.delete'],
    places: ['tariffs.deleteTariff'],
    after: [PUT_PRICE],
    unless: noPrices,
  }),
  refused('tariffs.receiver.delete/2', {
    what: 'GET of a tariff that was deleted',
    probes: ['tariffs.delete.after'],
    http: 404,
    after: ['tariffs.receiver.delete/1', 'tariffs.receiver.get/4'],
    unless: noPrices,
  }),
  coped('tariffs.receiver.delete/3', {
    what: 'DELETE of a tariff that there is not',
    probes: ['tariffs.delete-unknown'],
    after: ['tariffs.receiver.delete/1'],
    unless: noPrices,
  }),
]

export const ptpTariffChecks: readonly Check[] = [known('tariffs'), ...paged('tariffs'), ...takingPrices]
