/** What a PTP does with pushes of locations. (locations › Receiver; C-101 to C-107) */
import type { Location } from '@plugtill/ocpi/modules/locations'
import { sameCi } from '@plugtill/ocpi/types'
import type { Check } from '../check.ts'
import { coped, refused, shows, taken, textOf, unlessOffered } from './ask-back.ts'
import { known, paged } from './ptp-sources.ts'

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
    probes: ['locations.put', 'locations.push', 'locations.put-evse', 'locations.put-connector'],
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

export const ptpLocationChecks: readonly Check[] = [known('locations'), ...paged('locations'), ...takingPlaces]
