/** Whether the locations of a CPO can be read, and whether what is read is true. (locations › Sender; C-101 to C-107) */
import type { Evse } from '@plugtill/ocpi/modules/locations'
import { ciKey, parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields, type Ruling, type Wrong, whole } from '../check.ts'
import { COUNTRIES } from './countries.ts'
import { probed, REGISTERED } from './credentials.ts'
import { said } from './said.ts'
import { isParty, plugsIn, soldByTerminal, soldIn } from './sold.ts'
import { twice } from './twice.ts'

const LISTED = [...REGISTERED, 'locations.list/1']
const NEEDS = 'a list of locations'
const SOLD = [...LISTED, 'locations.list/2', 'payments.terminals.assign/1', 'payments.terminals.assign/5']
const NEEDS_SOLD = 'a terminal has to be assigned to an EVSE in the list of locations'

const listing: readonly Check[] = [
  each('locations.list/1', {
    needs: 'the list of locations has to be asked for',
    after: REGISTERED,
    of: (view) => exchanges(view.of('us', 'locations.list')),
    judge: ({ seen }) => {
      const { answer } = seen
      if (seen.response?.status === 200 && answer?.statusCode === 1000 && Array.isArray(answer.data)) return 'ok'
      const message = 'The list of locations cannot be read.'
      return { message, expected: 'HTTP 200 with OCPI 1000 and a list', actual: said(seen), field: '/data' }
    },
  }),
  whole('locations.list/2', {
    needs: NEEDS,
    after: LISTED,
    judge: (view) => {
      const seen = view.of('us', 'locations.list').at(-1)
      if (seen === undefined || !Array.isArray(seen.answer?.data)) return undefined
      const evses = view.found('EVSE').filter(({ value }) => (value as Partial<Evse> | null)?.status !== 'REMOVED')
      if (evses.length > 0) return { ruling: 'ok', seen: evses[0]?.seen }
      const message = 'No location has an EVSE that could be sold.'
      return { ruling: { message, expected: 'a location with evses', actual: said(seen), field: '/data' }, seen }
    },
  }),
  each('locations.list/3', {
    needs: NEEDS,
    after: LISTED,
    of: (view) => twice(view, { place: 'locations.list', kind: 'Location' }),
    judge: ({ wrong }) => wrong ?? 'ok',
  }),
  probed('locations.get/7', {
    name: 'locations.unknown',
    needs: 'an EVSE that is not there has to be asked for',
    after: [...LISTED, 'locations.get/3', 'locations.get/5'],
    judge: (seen) => {
      if (seen.response?.status === 404) return 'ok'
      return {
        message: 'An EVSE or connector that is not there was not answered with 404.',
        expected: 'HTTP 404',
        actual: said(seen),
      }
    },
  }),
]

const shapes: readonly Check[] = [
  ...fields({
    kind: 'Location',
    needs: NEEDS,
    after: LISTED,
    owners: [
      [/^$|^\/(country_code|party_id|id)$/, 'locations.location/1'],
      [/^\/publish$/, 'locations.location/3'],
      [/^\/(address|city)$/, 'locations.location/4'],
      [/^\/country$/, 'locations.location/5'],
      [/^\/coordinates/, 'locations.location/6'],
      [/^\/time_zone$/, 'locations.location/8'],
      [/^\/last_updated$/, 'locations.location/9'],
      [/^\/(opening_times|evses)/, 'locations.location/10'],
    ],
    rest: 'locations.location/11',
  }),
  ...fields({
    kind: 'EVSE',
    needs: 'an EVSE in the list of locations',
    after: LISTED,
    owners: [
      [/^$|^\/uid$/, 'locations.evse/1'],
      [/^\/status$/, 'locations.evse/3'],
      [/^\/capabilities/, 'locations.evse/4'],
      [/^\/connectors/, 'locations.evse/7'],
      [/^\/last_updated$/, 'locations.evse/11'],
    ],
    rest: 'locations.evse/12',
  }),
  ...fields({
    kind: 'Connector',
    needs: 'a connector in the list of locations',
    after: LISTED,
    owners: [
      [/^$|^\/id$/, 'locations.connector/1'],
      [/^\/(standard|format|power_type)$/, 'locations.connector/3'],
      [/^\/(max_voltage|max_amperage|max_electric_power)$/, 'locations.connector/4'],
      [/^\/tariff_ids/, 'locations.connector/7'],
      [/^\/last_updated$/, 'locations.connector/9'],
    ],
    rest: 'locations.connector/10',
  }),
]

/** A name such as Europe/Amsterdam; an offset is none although programs read it. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

const aboutLocation = (
  rule: string,
  judge: (value: LocationValue) => Wrong | undefined,
  after: readonly string[] = [],
) =>
  each(rule, {
    needs: NEEDS,
    after: [...LISTED, ...after],
    of: (view) => view.valid('Location'),
    judge: ({ value, pointer }): Ruling => {
      const wrong = judge(value)
      return wrong === undefined ? 'ok' : { ...wrong, field: `${pointer}${wrong.field ?? ''}` }
    },
  })

type LocationValue = import('@plugtill/ocpi/modules/locations').Location

const places: readonly Check[] = [
  each('locations.location/2', {
    needs: NEEDS,
    after: LISTED,
    of: (view) => view.valid('Location'),
    judge: ({ value, pointer }, view) => {
      if (isParty(view, value.country_code, value.party_id) !== false) return 'ok'
      const actual = `${value.country_code}-${value.party_id}`
      const message = `Location ${value.id} belongs to ${actual}, which stands in no credentials.`
      return { message, expected: 'one of the roles in your credentials', actual, field: `${pointer}/party_id` }
    },
  }),
  aboutLocation('locations.location/5', ({ country }) =>
    COUNTRIES.has(country)
      ? undefined
      : { message: `"${country}" is no country.`, expected: 'a code like NLD', actual: country, field: '/country' },
  ),
  aboutLocation('locations.location/7', ({ id, coordinates: { latitude, longitude } }) =>
    Number(latitude) === 0 && Number(longitude) === 0
      ? { message: `Location ${id} lies at 0, 0.`, expected: 'its place', actual: '0, 0', field: '/coordinates' }
      : undefined,
  ),
  aboutLocation('locations.location/8', ({ time_zone }) =>
    isTimeZone(time_zone)
      ? undefined
      : {
          message: `"${time_zone}" is no time zone of the IANA database.`,
          expected: 'a name like Europe/Amsterdam',
          actual: time_zone,
          field: '/time_zone',
        },
  ),
  aboutLocation('locations.location/12', ({ last_updated, evses }) => {
    for (const [index, evse] of (evses ?? []).entries()) {
      const path = `/evses/${index}`
      const late = evse.connectors.findIndex((one) => isAfter(one.last_updated, evse.last_updated))
      if (late >= 0) {
        const message = `A connector of EVSE ${evse.uid} was changed after the EVSE.`
        const actual = evse.connectors[late]?.last_updated ?? ''
        return {
          message,
          expected: `at most ${evse.last_updated}`,
          actual,
          field: `${path}/connectors/${late}/last_updated`,
        }
      }
      if (isAfter(evse.last_updated, last_updated)) {
        const message = `EVSE ${evse.uid} was changed after its location.`
        return {
          message,
          expected: `at most ${last_updated}`,
          actual: evse.last_updated,
          field: `${path}/last_updated`,
        }
      }
    }
    return undefined
  }),
]

const isAfter = (a: string, b: string): boolean => parseDateTime(a) > parseDateTime(b)

const unique: readonly Check[] = [
  whole('locations.evse/2', {
    needs: 'an EVSE in the list of locations',
    after: [...LISTED, 'locations.evse/1', 'locations.list/3'],
    judge: (view) => {
      const at = new Map<string, string>()
      for (const { seen, value, pointer } of view.valid('Location')) {
        const here = new Set<string>()
        for (const [index, { uid }] of (value.evses ?? []).entries()) {
          const key = ciKey(value.country_code, value.party_id, uid)
          const elsewhere = at.get(key) ?? value.id
          at.set(key, value.id)
          if (here.has(key) || !sameCi(elsewhere, value.id)) {
            const field = `${pointer}/evses/${index}/uid`
            const message = `Two EVSEs have the uid ${uid}.`
            return { ruling: { message, expected: 'an id of its own for each', actual: uid, field }, seen }
          }
          here.add(key)
        }
      }
      return at.size === 0 ? undefined : 'ok'
    },
  }),
  each('locations.connector/2', {
    needs: 'an EVSE in the list of locations',
    after: [...LISTED, 'locations.connector/1'],
    of: (view) => view.valid('EVSE'),
    judge: ({ value: { uid, connectors }, pointer }) => {
      const again = connectors.findIndex(
        (one, index) => connectors.findIndex((other) => sameCi(other.id, one.id)) < index,
      )
      if (again < 0) return 'ok'
      const actual = connectors[again]?.id ?? ''
      const message = `Two connectors of EVSE ${uid} have the id ${actual}.`
      return { message, expected: 'an id of its own for each', actual, field: `${pointer}/connectors/${again}/id` }
    },
  }),
]

const CARDS = [
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'PED_TERMINAL',
  'CHIP_CARD_SUPPORT',
  'CONTACTLESS_CARD_SUPPORT',
]
const EMI3 = /^[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9][A-Z0-9*]*$/i

const sales: readonly Check[] = [
  each('locations.evse/5', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'locations.evse/4'],
    of: soldIn,
    judge: ({ evse, pointer }) => {
      if (evse.capabilities?.includes('REMOTE_START_STOP_CAPABLE')) return 'ok'
      const message = `EVSE ${evse.uid} is sold by a terminal and cannot be started remotely.`
      const actual = evse.capabilities?.join(', ') || 'nothing'
      return { message, expected: 'REMOTE_START_STOP_CAPABLE', actual, field: `${pointer}/capabilities` }
    },
  }),
  each('locations.evse/6', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'locations.evse/4', 'locations.evse/5'],
    of: soldIn,
    judge: ({ evse, pointer }) => {
      if (evse.capabilities?.some((one) => CARDS.includes(one))) return 'ok'
      const message = `EVSE ${evse.uid} does not say that it takes cards.`
      const actual = evse.capabilities?.join(', ') || 'nothing'
      return { message, expected: `one of ${CARDS.join(', ')}`, actual, field: `${pointer}/capabilities` }
    },
  }),
  each('locations.evse/8', {
    needs: NEEDS_SOLD,
    after: SOLD,
    of: (view) => soldByTerminal(view).flatMap((all) => (all.length > 1 ? all : all.slice(0, 0))),
    unless: (view) =>
      soldIn(view).length > 0 && soldByTerminal(view).every((all) => all.length < 2)
        ? 'No terminal sells several EVSEs.'
        : undefined,
    judge: ({ evse, pointer }) => {
      if (evse.physical_reference) return 'ok'
      const message = `EVSE ${evse.uid} has no physical_reference, and its terminal sells others too.`
      return { message, expected: 'what is printed on it', actual: 'nothing', field: `${pointer}/physical_reference` }
    },
  }),
  each('locations.evse/9', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'locations.evse/8'],
    of: (view) => soldByTerminal(view).flatMap((all) => all.map((place) => ({ ...place, all }))),
    judge: ({ evse, pointer, all }) => {
      const label = evse.physical_reference
      if (!label) return undefined
      if (!all.some((other) => other.evse.uid !== evse.uid && other.evse.physical_reference === label)) return 'ok'
      const message = `Another EVSE of the terminal is labelled ${label} as well.`
      return { message, expected: 'a label of its own', actual: label, field: `${pointer}/physical_reference` }
    },
  }),
  each('locations.evse/10', {
    needs: 'an EVSE with evse_id',
    after: LISTED,
    of: (view) => view.valid('EVSE'),
    unless: (view) =>
      view.valid('EVSE').length > 0 && view.valid('EVSE').every(({ value }) => value.evse_id == null)
        ? 'No EVSE has an evse_id.'
        : undefined,
    judge: ({ value: { evse_id }, pointer }) => {
      if (evse_id == null) return undefined
      if (EMI3.test(evse_id)) return 'ok'
      const message = `evse_id "${evse_id}" does not have the form of the eMI3 standard.`
      return { message, expected: 'an id like NL*ABC*E1234', actual: evse_id, field: `${pointer}/evse_id` }
    },
  }),
]

const power: readonly Check[] = [
  each('locations.connector/5', {
    needs: 'a connector in the list of locations',
    after: [...LISTED, 'locations.connector/4'],
    of: (view) => view.valid('Connector'),
    judge: ({ value: { max_voltage: volts, max_amperage: amperes }, pointer }) => {
      if (volts < 48 || volts > 1500)
        return {
          message: `A connector has ${volts} V.`,
          expected: '48 to 1500',
          actual: `${volts}`,
          field: `${pointer}/max_voltage`,
        }
      if (amperes < 1 || amperes > 3000)
        return {
          message: `A connector has ${amperes} A.`,
          expected: '1 to 3000',
          actual: `${amperes}`,
          field: `${pointer}/max_amperage`,
        }
      return 'ok'
    },
  }),
  each('locations.connector/6', {
    needs: 'a connector with max_electric_power',
    after: [...LISTED, 'locations.connector/4', 'locations.connector/5'],
    of: (view) => view.valid('Connector'),
    unless: (view) =>
      view.valid('Connector').length > 0 &&
      view.valid('Connector').every(({ value }) => value.max_electric_power == null)
        ? 'No connector has max_electric_power.'
        : undefined,
    judge: ({ value: { max_voltage, max_amperage, max_electric_power: watts }, pointer }) => {
      if (watts == null) return undefined
      // Three phases at most; rounded values and a margin are nobody's mistake.
      const most = max_voltage * max_amperage * 3 * 1.1
      if (watts <= most && watts >= most / 100) return 'ok'
      const message = `A connector of ${max_voltage} V and ${max_amperage} A has ${watts} W.`
      const expected = `watts between ${Math.ceil(most / 100)} and ${Math.floor(most)}`
      return { message, expected, actual: `${watts}`, field: `${pointer}/max_electric_power` }
    },
  }),
  each('locations.connector/8', {
    needs: NEEDS_SOLD,
    after: [...SOLD, 'locations.connector/7'],
    of: (view) => plugsIn(soldIn(view)),
    judge: ({ evse, connector, pointer }) => {
      if (connector.tariff_ids?.length) return 'ok'
      const message = `Connector ${connector.id} of EVSE ${evse.uid} is sold by a terminal and names no tariff.`
      return { message, expected: 'at least one id', actual: 'nothing', field: `${pointer}/tariff_ids` }
    },
  }),
]

export const locationsCpoChecks: readonly Check[] = [...listing, ...shapes, ...places, ...unique, ...sales, ...power]
