/** How a PTP gets to know locations and tariffs, and what it does with pushes. (locations and tariffs › Receiver; C-101 to C-107, C-201) */
import type { Location } from '@plugtill/ocpi/modules/locations'
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import type { View } from '../view.ts'
import { coped, offers, refused, shows, taken, textOf, unlessOffered } from './ask-back.ts'

type Known = 'locations' | 'tariffs'

/** Pushed or read: one of them has to be. */
const known = (module: Known): Check =>
  whole(`${module}.receiver.source/1`, {
    needs: 'it has to be registered',
    judge: (view) => {
      const pulled = view.of('partner', `${module}.list`)[0]
      if (pulled !== undefined) return { ruling: 'ok', seen: pulled }
      if (view.found('VersionDetails').length === 0) return undefined
      const pushed = view.probes('sites.push').find(({ place }) => place.startsWith(module))
      if (pushed !== undefined || offers(view, module, 'RECEIVER')) return { ruling: 'ok', seen: pushed }
      return {
        message: `It neither reads ${module} nor takes pushes of them.`,
        expected: `GET {${module}} after the registration, or ${module} RECEIVER in its version details`,
        actual: 'neither',
      }
    },
  })

const nextOf = ({ response }: Seen) => /<([^>]+)>\s*;\s*rel="?next"?/.exec(response?.headers['link'] ?? '')?.[1]

/** A list is read to its end, page by page. */
const paged = (module: Known): readonly Check[] => {
  const lists = (view: View) => view.of('partner', `${module}.list`)
  const unless: Check['unless'] = (view) =>
    lists(view).length > 0 || !offers(view, module, 'RECEIVER')
      ? undefined
      : `It does not read ${module}; it takes pushes.`
  const after = [`${module}.receiver.source/1`]
  return [
    each(`${module}.receiver.pull/1`, {
      needs: `a list of ${module} with more than one page has to be read`,
      after,
      unless,
      of: (view) =>
        lists(view).flatMap((seen) => (nextOf(seen) === undefined ? [] : [{ seen, next: nextOf(seen) ?? '' }])),
      judge: ({ seen, next }, view) => {
        const later = lists(view).filter(({ index }) => index > seen.index)
        const offset = new URL(next).searchParams.get('offset')
        if (later.some(({ url }) => new URL(url).searchParams.get('offset') === offset)) return 'ok'
        return view.overdue(seen.at, 120_000)
          ? {
              message: `The next page of ${module} was not read.`,
              expected: `GET ${next}`,
              actual: later[0]?.url ?? 'nothing',
            }
          : undefined
      },
    }),
    each(`${module}.receiver.pull/2`, {
      needs: `a further page of ${module} has to be read`,
      after: [...after, `${module}.receiver.pull/1`],
      unless,
      of: (view) =>
        lists(view).flatMap((seen) =>
          followed(seen, lists(view)) === undefined ? [] : [{ seen, next: followed(seen, lists(view)) ?? '' }],
        ),
      judge: ({ seen, next }) =>
        sameQuery(seen.url, next)
          ? 'ok'
          : { message: 'The link to the next page was not followed as it is.', expected: next, actual: seen.url },
    }),
    whole(`${module}.receiver.pull/3`, {
      needs: `${module} have to be read`,
      after,
      unless,
      judge: (view) => {
        const first = lists(view).filter(({ url }) => ['0', null].includes(new URL(url).searchParams.get('offset')))
        if (first.length === 0) return undefined
        const crowd = first.find(({ at }) => first.filter((one) => one.at >= at && one.at < at + 60_000).length > 12)
        if (crowd === undefined) return 'ok'
        const wrong = {
          message: `The list of ${module} is read without a pause.`,
          expected: 'at most 12 times a minute',
          actual: 'more',
        }
        return { ruling: wrong, seen: crowd }
      },
    }),
  ]
}

/** The link that this request looks like it follows: the one with its offset, given before. */
function followed(seen: Seen, lists: readonly Seen[]): string | undefined {
  const offset = new URL(seen.url).searchParams.get('offset')
  if (offset === null || offset === '0') return undefined
  return lists
    .filter(({ index }) => index < seen.index)
    .map(nextOf)
    .filter((next) => next !== undefined && new URL(next).searchParams.get('offset') === offset)
    .at(-1)
}

const sameQuery = (a: string, b: string) => {
  const sorted = (url: string) =>
    [...new URL(url).searchParams]
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join('&')
  return sorted(a) === sorted(b)
}

const unless = unlessOffered('locations')
const PUT = 'locations.receiver.put/1'
const GET = 'locations.receiver.get/1'
const PATCH = 'locations.receiver.patch/1'

const evseOf = (location: Location, uid: string) => location.evses?.find((one) => sameCi(one.uid, uid))

interface Shows {
  readonly probe: string
  readonly what: string
  readonly expected: string
  readonly after?: readonly string[]
  readonly differs: (location: Location) => unknown
}

const showsPlace = (rule: string, { probe, after = [], ...rest }: Shows) =>
  shows(rule, { ...rest, kind: 'Location', probes: [`${probe}.after`], after: [PUT, GET, PATCH, ...after], unless })

const status = (location: Location, uid = 'JDG-PROBE-1') => evseOf(location, uid)?.status ?? 'no such EVSE'

const takingPlaces: readonly Check[] = [
  taken(PUT, {
    what: 'A PUT of a location, EVSE or connector',
    probes: ['locations.put', 'sites.push', 'locations.put-evse', 'locations.put-connector'],
    places: ['locations.putLocation', 'locations.putEvse', 'locations.putConnector'],
    unless,
  }),
  shows(GET, {
    what: 'A location that was pushed',
    kind: 'Location',
    probes: ['locations.put.after'],
    after: [PUT],
    unless,
    expected: 'id JDG-PROBE with EVSE JDG-PROBE-1, AVAILABLE',
    differs: (value) =>
      sameCi(value.id, 'JDG-PROBE') && status(value) === 'AVAILABLE' ? undefined : `${value.id}, ${status(value)}`,
  }),
  taken(GET, { what: 'GET of a location that was pushed', probes: ['locations.put.after'], after: [PUT], unless }),
  taken('locations.receiver.get/2', {
    what: 'GET of an EVSE or connector that was pushed',
    probes: ['locations.get-evse', 'locations.get-connector'],
    after: [PUT, GET],
    unless,
  }),
  refused('locations.receiver.get/3', {
    what: 'GET of a location that there is not',
    probes: ['locations.unknown'],
    http: 404,
    unless,
  }),
  taken(PATCH, {
    what: 'A PATCH of a location, EVSE or connector',
    probes: ['locations.status', 'locations.rename', 'locations.facilities', 'locations.tariffs', 'locations.removed'],
    places: ['locations.patchLocation', 'locations.patchEvse', 'locations.patchConnector'],
    after: [PUT],
    unless,
  }),
  showsPlace('locations.receiver.patch/2', {
    what: 'The status of an EVSE after it was pushed',
    probe: 'locations.status',
    expected: 'CHARGING',
    differs: (value) => (status(value) === 'CHARGING' ? undefined : status(value)),
  }),
  showsPlace('locations.receiver.patch/3', {
    what: 'The location after its name alone was changed',
    probe: 'locations.rename',
    expected: 'name Probe Place 2, address Judge Street 1, one EVSE',
    differs: (value) =>
      value.name === 'Probe Place 2' && value.address === 'Judge Street 1' && value.evses?.length === 1
        ? undefined
        : `name ${value.name ?? 'none'}, address ${value.address}, ${value.evses?.length ?? 0} EVSEs`,
  }),
  showsPlace('locations.receiver.patch/4', {
    what: 'A list that a PATCH replaced',
    probe: 'locations.facilities',
    expected: '["HOTEL"]',
    differs: ({ facilities }) => (textOf(facilities) === '["HOTEL"]' ? undefined : facilities),
  }),
  showsPlace('locations.receiver.patch/5', {
    what: 'The tariff of a connector after it was changed',
    probe: 'locations.tariffs',
    expected: '["JDG-DC"]',
    differs: (value) => {
      const ids = evseOf(value, 'JDG-PROBE-1')?.connectors[0]?.tariff_ids
      return textOf(ids) === '["JDG-DC"]' ? undefined : ids
    },
  }),
  refused('locations.receiver.patch/6', {
    what: 'A PATCH of a location or EVSE that there is not',
    probes: ['locations.patch-unknown'],
    after: [PUT],
    unless,
  }),
  coped('locations.receiver.patch/7', {
    what: 'A PATCH with a field that is null',
    probes: ['locations.null'],
    after: [PATCH],
    unless,
  }),
  showsPlace('locations.receiver.patch/8', {
    what: 'last_updated of a location of which an EVSE was changed',
    probe: 'locations.status',
    after: ['locations.receiver.patch/2'],
    expected: 'not before that of the EVSE',
    differs: (value) => {
      const evse = evseOf(value, 'JDG-PROBE-1')
      return evse === undefined || Date.parse(value.last_updated) >= Date.parse(evse.last_updated)
        ? undefined
        : value.last_updated
    },
  }),
  showsPlace('locations.receiver.put/2', {
    what: 'A location after another EVSE was put',
    probe: 'locations.put-evse',
    expected: 'EVSEs JDG-PROBE-1 and JDG-PROBE-2',
    differs: (value) =>
      evseOf(value, 'JDG-PROBE-1') !== undefined && evseOf(value, 'JDG-PROBE-2') !== undefined
        ? undefined
        : value.evses?.map(({ uid }) => uid),
  }),
  showsPlace('locations.receiver.put/3', {
    what: 'An EVSE after another connector was put',
    probe: 'locations.put-connector',
    expected: '["1","2"]',
    differs: (value) => {
      const ids = evseOf(value, 'JDG-PROBE-1')
        ?.connectors.map(({ id }) => id)
        .sort()
      return textOf(ids) === '["1","2"]' ? undefined : ids
    },
  }),
  showsPlace('locations.receiver.order/1', {
    what: 'The status after an older one was pushed',
    probe: 'locations.older',
    after: ['locations.receiver.patch/2'],
    expected: 'CHARGING, which is newer',
    differs: (value) => (status(value) === 'OUTOFORDER' ? 'OUTOFORDER' : undefined),
  }),
  refused('locations.receiver.owner/1', {
    what: 'A location of a party that the CPO is not',
    probes: ['locations.foreign'],
    after: [PUT],
    unless,
  }),
  refused('locations.receiver.owner/2', {
    what: 'A location whose id is not that of its URL',
    probes: ['locations.other-id'],
    after: [PUT],
    unless,
  }),
  taken('locations.receiver.open/1', {
    what: 'A location with a field and values that are new',
    probes: ['locations.new-words'],
    after: [PUT],
    unless,
  }),
  refused('locations.receiver.put/4', {
    what: 'A location without coordinates',
    probes: ['locations.broken'],
    after: [PUT],
    unless,
  }),
]

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
    probes: ['tariffs.put', 'tariffs.replace', 'sites.push'].filter((name) => name !== 'sites.push'),
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

export const ptpLocationChecks: readonly Check[] = [known('locations'), ...paged('locations'), ...takingPlaces]
export const ptpTariffChecks: readonly Check[] = [known('tariffs'), ...paged('tariffs'), ...takingPrices]
