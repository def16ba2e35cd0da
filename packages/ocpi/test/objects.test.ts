import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OcpiError } from '../src/errors.ts'
import { merge } from '../src/merge.ts'
import { AT, aLocation, anEvse, aSession, aTariff, aToken, keeper, keeping, MODULES } from './keeper.ts'
import { told } from './two-platforms.ts'

const LATER = '2026-03-01T10:05:00Z'
const EARLIER = '2026-03-01T09:55:00Z'
const LOCATION = '/2.3.0/receiver/locations/NL/ABC/L1'
const TOKEN = '/2.3.0/receiver/tokens/NL/ABC/T1'
const TARIFF = '/2.3.0/receiver/tariffs/NL/ABC/TA1'
const SESSION = '/2.3.0/receiver/sessions/NL/ABC/S1'
type Plain = Record<string, unknown>

test('A-20, A-24: PUT creates and replaces the whole object; a field left out is gone, and POST is not for owned objects', async () => {
  const { ask, say } = await keeper()

  expect((await say('PUT', LOCATION, aLocation)).status).toBe(201)
  const { name: _name, ...nameless } = aLocation
  expect((await say('PUT', LOCATION, { ...nameless, last_updated: LATER })).status).toBe(200)
  expect(told(await ask('GET', LOCATION)).data).not.toHaveProperty('name')
  expect(told(await say('PUT', LOCATION, { id: 'L1', last_updated: LATER })).status_code).toBe(2001)
  for (const path of [LOCATION, TARIFF, SESSION, TOKEN]) expect((await say('POST', path, {})).status).toBe(405)
})

test('A-21: PATCH changes what it names; nothing is taken away by absence or null', async () => {
  const { ask, say } = await keeper()
  await say('PUT', LOCATION, { ...aLocation, our_note: 'kept', postal_code: '3511' })

  await say('PATCH', LOCATION, { name: 'There', postal_code: null, facilities: ['WIFI'], last_updated: LATER })

  expect(told(await ask('GET', LOCATION)).data).toEqual({
    ...aLocation,
    our_note: 'kept',
    postal_code: '3511',
    name: 'There',
    facilities: ['WIFI'],
    last_updated: LATER,
  })
})

test('A-21: lists are replaced, only the charging periods of a session grow', async () => {
  const { ask, say } = await keeper()
  await say('PUT', SESSION, aSession)
  await say('PUT', `${LOCATION}`, { ...aLocation, facilities: ['WIFI', 'CAFE'] })
  const more = { start_date_time: LATER, dimensions: [{ type: 'ENERGY', volume: 2 }] }

  await say('PATCH', SESSION, { kwh: 3, charging_periods: [more], last_updated: LATER })
  await say('PATCH', LOCATION, { facilities: ['MALL'], last_updated: LATER })

  expect((told(await ask('GET', SESSION)).data as Plain)['charging_periods']).toEqual([
    ...aSession.charging_periods,
    more,
  ])
  expect((told(await ask('GET', LOCATION)).data as Plain)['facilities']).toEqual(['MALL'])
})

test('A-22: a PATCH without last_updated is 2001 and changes nothing, for locations, sessions and tokens', async () => {
  const { ask, say } = await keeper()
  for (const [path, body] of [
    [LOCATION, aLocation],
    [SESSION, aSession],
    [TOKEN, aToken],
  ] as const) {
    await say('PUT', path, body)
    const before = told(await ask('GET', path)).data

    const answer = await say('PATCH', path, { status: 'INVALID', name: 'x', issuer: 'x' })

    expect([answer.status, told(answer).status_code]).toEqual([200, 2001])
    expect(told(answer).status_message).toContain('/last_updated: required, but missing')
    expect(told(await ask('GET', path)).data).toEqual(before)
  }
})

test('E-51, A-23: a PATCH of something unknown is HTTP 404, 2003 for locations, and works after a PUT', async () => {
  const { say } = await keeper()
  const change = { name: 'x', last_updated: LATER }

  const nowhere = await say('PATCH', LOCATION, change)
  const nothing = await say('PATCH', SESSION, { kwh: 1, last_updated: LATER })
  expect([nowhere.status, told(nowhere).status_code]).toEqual([404, 2003])
  expect([nothing.status, told(nothing).status_code]).toEqual([404, 2001])

  await say('PUT', LOCATION, aLocation)
  expect((await say('PATCH', LOCATION, change)).status).toBe(200)
})

test('E-59: an update older than what is known changes nothing and is no error', async () => {
  const { ask, say } = await keeper()
  await say('PUT', LOCATION, aLocation)

  const put = await say('PUT', LOCATION, { ...aLocation, name: 'Old', last_updated: EARLIER })
  const patch = await say('PATCH', LOCATION, { name: 'Old', last_updated: EARLIER })

  expect([put.status, told(put).status_code, patch.status, told(patch).status_code]).toEqual([200, 1000, 200, 1000])
  expect(told(await ask('GET', LOCATION)).data).toEqual(aLocation)
})

test('A-21: a PATCH equals the merge of the text on random objects', () => {
  const objects = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 8 })
  fc.assert(
    fc.property(objects, objects, (before, change) => {
      const after = merge(before, change)
      const names = new Set([...Object.keys(before), ...Object.keys(change)])
      for (const name of names) {
        const given = Object.hasOwn(change, name) ? change[name] : undefined
        const expected = given === undefined || given === null ? before[name] : given
        if (expected !== undefined && Object.hasOwn(after, name)) expect(after[name]).toEqual(expected)
        else expect(Object.hasOwn(after, name)).toBe(expected !== undefined)
      }
      // Twice is once, and nothing comes from nowhere.
      expect(merge(after, change)).toEqual(after)
      expect(Object.keys(after).filter((name) => !names.has(name))).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('A-36, A-42: ids in another case are the same object, kept in the spelling of its owner', async () => {
  const { ask, say, shelf } = await keeper()
  await say('PUT', LOCATION, aLocation)

  expect((await say('PUT', LOCATION.replace('L1', 'l1'), { ...aLocation, last_updated: LATER })).status).toBe(200)
  expect(shelf.size).toBe(1)
  expect((told(await ask('GET', LOCATION.replace('NL/ABC', 'nl/abc'))).data as Plain)['id']).toBe('L1')
})

test('A-41: payments, commands, preferences and results carry no owner ids in their URLs; A-34: pushes do', () => {
  const withOwner = MODULES.flatMap((module) =>
    [module.sender, module.receiver].flatMap((table) => Object.values(table).map((row) => [module.id, row] as const)),
  ).filter(([, row]) => row.path.includes(':party_id'))

  expect([...new Set(withOwner.map(([id]) => id))].sort()).toEqual(['locations', 'sessions', 'tariffs', 'tokens'])
  expect(withOwner.every(([, row]) => row.path.startsWith('/:country_code/:party_id/:'))).toBe(true)
})

test('A-53: an owner in the URL that the partner is not is HTTP 404', async () => {
  const { say } = await keeper()

  expect((await say('PUT', '/2.3.0/receiver/locations/NL/XYZ/L1', { ...aLocation, party_id: 'XYZ' })).status).toBe(404)
})

test('A-51, E-79: authorization of an unknown token is HTTP 404 with 2004 and no data', async () => {
  const { ask } = await keeper({
    modules: keeping(new Map()).map((one) =>
      one.module.id === 'tokens' && one.role === 'SENDER'
        ? {
            ...one,
            handlers: {
              ...one.handlers,
              authorize: async () => {
                throw new OcpiError(2004, 'No token "X" here.', { http: 404 })
              },
            },
          }
        : one,
    ),
  })

  const answer = await ask('POST', '/2.3.0/sender/tokens/X/authorize')

  expect([answer.status, told(answer).status_code]).toEqual([404, 2004])
  expect(told(answer)).not.toHaveProperty('data')
})

test('A-52: charging preferences that cannot be had may be HTTP 404 with 2001', async () => {
  const { say } = await keeper({
    modules: keeping(new Map()).map((one) =>
      one.module.id === 'sessions' && one.role === 'SENDER'
        ? {
            ...one,
            handlers: {
              ...one.handlers,
              chargingPreferences: async () => {
                throw new OcpiError(2001, 'Not capable.', { http: 404 })
              },
            },
          }
        : one,
    ),
  })

  const answer = await say('PUT', '/2.3.0/sender/sessions/S1/charging_preferences', { profile_type: 'GREEN' })

  expect([answer.status, told(answer).status_code]).toEqual([404, 2001])
})

test('A-44: data of a refusal is absent unless a handler gives some; A-54: only standard codes are sent', async () => {
  const { ask, say, ptp, cpo } = await keeper()
  await ask('GET', '/2.3.0/receiver/locations/NL/ABC/none')
  await say('PUT', LOCATION, { nonsense: true })
  await ask('PUT', LOCATION, { body: '{' })
  await ask('DELETE', LOCATION)

  const answers = [...ptp.exchanges, ...cpo.exchanges]
    .filter((one) => one.direction === 'in')
    .map((one) => JSON.parse(one.responseBody) as Plain)

  expect(answers.filter((one) => Number(one['status_code']) >= 2000 && 'data' in one)).toEqual([])
  const standard = [1000, 2000, 2001, 2002, 2003, 2004, 3000, 3001, 3002, 3003]
  expect(answers.filter((one) => !standard.includes(Number(one['status_code'])))).toEqual([])
})

test('A-66: #NA is a value like any other in a required string; A-64: in a closed enum it is not', async () => {
  const { say } = await keeper()

  expect(told(await say('PUT', SESSION, { ...aSession, evse_uid: '#NA', connector_id: '#NA' })).status_code).toBe(1000)
  expect(told(await say('PUT', SESSION, { ...aSession, status: '#NA' })).status_code).toBe(2001)
})

test('A-64, A-67: unknown values of open enums and unknown fields are kept to the letter and passed on', async () => {
  const { ask, say } = await keeper()
  const odd = {
    ...aLocation,
    parking_type: 'ON_A_BOAT',
    facilities: ['SAUNA'],
    evses: [{ ...anEvse, capabilities: ['TELEPATHY'], future: { deep: [1] } }],
    later_field: { a: null },
  }

  expect((await say('PUT', LOCATION, odd)).status).toBe(201)
  expect(told(await ask('GET', LOCATION)).data).toEqual(odd)
  expect(told(await say('PUT', TARIFF, { ...aTariff, type: 'CHEAP' })).status_code).toBe(2001)
  expect(AT).toBe(aTariff.last_updated)
})
