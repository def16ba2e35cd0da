/** Faults of a CPO in what it says about its locations. */
import { answers, asks, believes, type Defect, data, insteadOf, type Json, reply, type Spoil, set } from './defect.ts'
import {
  alone,
  at,
  built,
  connectors,
  DEPTH,
  evses,
  field,
  instead,
  LIST,
  locations,
  pushes,
  STATUS,
} from './sites-words.ts'

const defect = (id: string, about: string, rule: string, spoil: Defect['spoil']): Defect => ({
  id: `locations/${id}`,
  target: 'cpo',
  about,
  rule: `locations.${rule}`,
  spoil,
})

const listing: readonly Defect[] = [
  defect('list-404', 'The list of locations is not served', 'list/1', instead(LIST, 404, { status_code: 2000 })),
  defect(
    'list-3000',
    'The list of locations is an error in the envelope',
    'list/1',
    instead(LIST, 200, { status_code: 3000 }),
  ),
  defect(
    'list-wrapped',
    'The list of locations stands inside of an object',
    'list/1',
    answers(LIST, (response) => data(response, (all) => ({ locations: all }))),
  ),
  defect(
    'list-empty',
    'There is no location for this partner',
    'list/2',
    answers(LIST, (response) => ({
      ...data(response, () => []),
      headers: { ...response.headers, 'x-total-count': '0' },
    })),
  ),
  defect('no-evses', 'Locations come without EVSEs', 'list/2', locations(field('evses', undefined))),
  defect(
    'twice',
    'A location stands in the list twice',
    'list/3',
    answers(LIST, (response) =>
      data(response, (all) => [...(all as unknown as Json[]), ...(all as unknown as Json[]).slice(0, 1)]),
    ),
  ),
]

const objects: readonly Defect[] = [
  defect(
    'location-404',
    'A location cannot be read alone',
    'get/1',
    insteadOf(DEPTH.location, (request) =>
      request.url.endsWith('NOT-THERE') ? undefined : reply(404, { status_code: 2003 }),
    ),
  ),
  defect(
    'location-listed',
    'One location is returned as a list',
    'get/1',
    answers(DEPTH.location, (response) => data(response, (one) => [one])),
  ),
  defect(
    'location-differs',
    'A location read alone has another address',
    'get/2',
    alone('location', field('address', 'Elsewhere 9')),
  ),
  defect(
    'evse-by-evse-id',
    'An EVSE is found by its evse_id only',
    'get/3',
    insteadOf(DEPTH.EVSE, () => reply(404, { status_code: 2003 })),
  ),
  defect('evse-differs', 'An EVSE read alone has another status', 'get/4', alone('EVSE', field('status', 'UNKNOWN'))),
  defect(
    'connector-404',
    'A connector cannot be read alone',
    'get/5',
    insteadOf(DEPTH.connector, () => reply(404, { status_code: 2003 })),
  ),
  defect(
    'connector-differs',
    'A connector read alone names another tariff',
    'get/6',
    alone('connector', field('tariff_ids', ['JDG-DEAR-2'])),
  ),
  defect(
    'unknown-200',
    'An EVSE that is not there is an empty success',
    'get/7',
    insteadOf(/^GET \S+\/sender\/locations\/[^/]+\/.*NOT-THERE/, () => reply(200)),
  ),
]

const sites: readonly Defect[] = [
  defect('no-id', 'Locations have no id', 'location/1', locations(field('id', undefined))),
  defect('long-country-code', 'country_code has three letters', 'location/1', locations(field('country_code', 'NLD'))),
  defect('other-party', 'Locations belong to a party without role', 'location/2', locations(field('party_id', 'XYZ'))),
  defect('no-publish', 'publish is missing', 'location/3', locations(field('publish', undefined))),
  defect('no-city', 'The city is missing', 'location/4', locations(field('city', undefined))),
  defect('null-address', 'The address is null', 'location/4', locations(field('address', null))),
  defect('alpha-2', 'The country has two letters', 'location/5', locations(field('country', 'NL'))),
  defect('country-name', 'The country is written out', 'location/5', locations(field('country', 'Netherlands'))),
  defect(
    'number-coordinates',
    'Coordinates are numbers',
    'location/6',
    locations(field('coordinates', { latitude: 52.08944, longitude: 5.11006 })),
  ),
  defect(
    'comma-coordinates',
    'Coordinates have a comma',
    'location/6',
    locations(field('coordinates', { latitude: '52,089440', longitude: '5,110060' })),
  ),
  defect(
    'short-coordinates',
    'Coordinates have two decimals',
    'location/6',
    locations(field('coordinates', { latitude: '52.08', longitude: '5.11' })),
  ),
  defect(
    'null-island',
    'Nobody filled the coordinates in',
    'location/7',
    locations(field('coordinates', { latitude: '0.000000', longitude: '0.000000' })),
  ),
  defect('no-time-zone', 'The time zone is missing', 'location/8', locations(field('time_zone', ''))),
  defect('offset-zone', 'The time zone is an offset', 'location/8', locations(field('time_zone', '+02:00'))),
  defect(
    'windows-zone',
    'The time zone is one of Windows',
    'location/8',
    locations(field('time_zone', 'W. Europe Standard Time')),
  ),
  defect(
    'no-last-updated',
    'last_updated of locations is missing',
    'location/9',
    locations(field('last_updated', undefined)),
  ),
  defect('opening-text', 'Opening times are a text', 'location/10', locations(field('opening_times', '24/7'))),
  defect('evses-object', 'evses is an object', 'location/10', locations(field('evses', { '1': {} }))),
  defect('facilities-text', 'Facilities are one text', 'location/11', locations(field('facilities', 'CAFE'))),
  defect(
    'old-parent',
    'A location is older than its EVSEs',
    'location/12',
    locations(field('last_updated', '2030-01-01T00:00:00.000Z')),
  ),
]

const places: readonly Defect[] = [
  defect('number-uid', 'The uid of EVSEs is a number', 'evse/1', evses(field('uid', 17))),
  defect(
    'same-uid',
    'Two EVSEs of different locations have one uid',
    'evse/2',
    evses((one) => {
      if (one['uid'] === 'JDG-AC-4') one['uid'] = 'JDG-AC-1'
    }),
  ),
  defect('ocpp-status', 'The status is a word of the charger', 'evse/3', evses(field('status', 'Preparing'))),
  defect('lower-case-status', 'The status is in small letters', 'evse/3', evses(field('status', 'available'))),
  defect(
    'capabilities-text',
    'Capabilities are one text',
    'evse/4',
    evses(field('capabilities', 'REMOTE_START_STOP_CAPABLE')),
  ),
  defect(
    'not-remote',
    'No EVSE says that it can be started remotely',
    'evse/5',
    evses(field('capabilities', ['RFID_READER', 'CREDIT_CARD_PAYABLE'])),
  ),
  defect('no-capabilities', 'EVSEs have no capabilities', 'evse/5', evses(field('capabilities', undefined))),
  defect(
    'no-card',
    'No EVSE says that it takes cards',
    'evse/6',
    evses(field('capabilities', ['REMOTE_START_STOP_CAPABLE'])),
  ),
  defect('no-connectors', 'EVSEs have no connectors', 'evse/7', evses(field('connectors', []))),
  defect(
    'unlabelled',
    'EVSEs of a kiosk have no physical_reference',
    'evse/8',
    evses(field('physical_reference', undefined)),
  ),
  defect(
    'same-label',
    'All EVSEs of a kiosk have one physical_reference',
    'evse/9',
    evses(field('physical_reference', 'Charger')),
  ),
  defect(
    'odd-evse-id',
    'evse_id has a form of its own',
    'evse/10',
    built((one) => ({
      ...one,
      evses: one.evses?.map((evse, index) => ({ ...evse, evse_id: `charger-${one.id}-${index}` })),
    })),
  ),
  defect('undated-evse', 'EVSEs have no last_updated', 'evse/11', evses(field('last_updated', undefined))),
  defect('long-floor', 'The floor of an EVSE is a sentence', 'evse/12', evses(field('floor_level', 'second basement'))),
]

const plugs: readonly Defect[] = [
  defect('number-id', 'The id of connectors is a number', 'connector/1', connectors(field('id', 1))),
  defect(
    'same-connector',
    'Two connectors of an EVSE have one id',
    'connector/2',
    evses((one) => set(one, '/connectors', (all: unknown) => [...(all as Json[]), ...(all as Json[])])),
  ),
  defect('ac', 'power_type is AC', 'connector/3', connectors(field('power_type', 'AC'))),
  defect(
    'no-standard',
    'The standard of connectors is missing',
    'connector/3',
    evses((one) => set(one, '/connectors/*/format', undefined)),
  ),
  defect('voltage-text', 'Volts are a text', 'connector/4', connectors(field('max_voltage', '400'))),
  defect(
    'old-names',
    'Volts and amperes have the names of 2.1.1',
    'connector/4',
    connectors((one) => {
      set(one, '/voltage', one['max_voltage'])
      set(one, '/max_voltage', undefined)
    }),
  ),
  defect('kilovolts', 'Volts are kilovolts', 'connector/5', connectors(field('max_voltage', 1))),
  defect('milliamperes', 'Amperes are milliamperes', 'connector/5', connectors(field('max_amperage', 32_000))),
  defect(
    'kilowatts',
    'Watts are kilowatts',
    'connector/6',
    connectors(field('max_electric_power', (watts: unknown) => Math.round(Number(watts) / 1000))),
  ),
  defect('one-tariff', 'tariff_ids is one text', 'connector/7', connectors(field('tariff_ids', 'JDG-AC'))),
  defect(
    'old-tariff-id',
    'The tariff has the name of 2.1.1, tariff_id',
    'connector/8',
    connectors((one) => {
      set(one, '/tariff_id', 'JDG-AC')
      set(one, '/tariff_ids', undefined)
    }),
  ),
  defect('no-tariff', 'Connectors name no tariff', 'connector/8', connectors(field('tariff_ids', []))),
  defect(
    'undated-connector',
    'Connectors have no last_updated',
    'connector/9',
    connectors(field('last_updated', undefined)),
  ),
  defect(
    'odd-terms',
    'The URL of terms is no URL',
    'connector/10',
    connectors(field('terms_and_conditions', 'see website')),
  ),
]

const dropped = (status: string): Spoil =>
  believes(
    ({ method, url, body: text }) =>
      method === 'PATCH' && url.includes('/receiver/locations/') && text.includes(`"${status}"`),
    () => reply(200),
  )

/** The second push is said to be older than the first. */
const backwards = (): Spoil => {
  let count = 0
  return pushes((one) => {
    count += 1
    return { ...one, last_updated: count === 1 ? one['last_updated'] : '2030-07-02T09:59:00.000Z' }
  })
}

const pushing: readonly Defect[] = [
  defect(
    'push-other-party',
    'Pushes go to the URL of another party',
    'push/1',
    asks(STATUS, (request) => at(request, (url) => url.replace('/NL/ABC/', '/NL/XYZ/'))),
  ),
  defect(
    'push-two-ids',
    'A PUT of an EVSE has another uid than its URL',
    'push/2',
    asks(STATUS, (request) => ({
      ...request,
      method: 'PUT',
      body: JSON.stringify({
        ...EVSE,
        ...(JSON.parse(request.body) as Json),
        uid: `${request.url.split('/').at(-1)}-1`,
      }),
    })),
  ),
  defect(
    'push-undated',
    'A PATCH has no last_updated',
    'push/3',
    pushes((one) => set(one, '/last_updated', undefined)),
  ),
  defect(
    'push-ocpp',
    'A PATCH has the status of the charger',
    'push/4',
    pushes((one) => ({ ...one, status: one['status'] === 'CHARGING' ? 'Charging' : 'Available' })),
  ),
  defect(
    'push-malformed',
    'A PATCH has a field of the wrong type',
    'push/5',
    pushes((one) => ({ ...one, capabilities: 'RFID_READER' })),
  ),
  defect(
    'push-evse-id',
    'A PATCH goes to the evse_id',
    'push/6',
    asks(STATUS, (request) => at(request, (url) => url.replace(/[^/]+$/, 'NL*ABC*EJDGAC3'))),
  ),
  defect(
    'push-name',
    'A PATCH goes to the name of the location',
    'push/6',
    asks(STATUS, (request) => at(request, (url) => url.replace(/JDG-[A-Z]+(?=\/)/, 'Judge%20Street'))),
  ),
  defect('push-backwards', 'A later PATCH has an earlier last_updated', 'push/7', backwards),
  defect(
    'push-only',
    'What is pushed does not come to the list',
    'push/8',
    evses((one) => Object.assign(one, { status: 'AVAILABLE', last_updated: '2030-07-02T10:00:00.000Z' })),
  ),
  defect(
    'push-delete',
    'An EVSE is deleted',
    'push/9',
    asks(STATUS, (request) =>
      request.body.includes('CHARGING') ? request : { ...request, method: 'DELETE', body: '' },
    ),
  ),
  defect('no-charging', 'The status is not pushed when a session starts', 'status/1', dropped('CHARGING')),
  defect('no-available', 'The status is not pushed when a session ends', 'status/2', dropped('AVAILABLE')),
]

const EVSE: Json = {
  status: 'AVAILABLE',
  capabilities: ['REMOTE_START_STOP_CAPABLE'],
  physical_reference: '3',
  connectors: [
    {
      id: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      power_type: 'AC_3_PHASE',
      max_voltage: 400,
      max_amperage: 32,
      tariff_ids: ['JDG-AC'],
      last_updated: '2030-07-02T10:00:00.000Z',
    },
  ],
}

export const locationsDefects: readonly Defect[] = [...listing, ...objects, ...sites, ...places, ...plugs, ...pushing]
