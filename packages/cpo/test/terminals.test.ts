import { documents } from '@plugtill/engine/documents'
import { openMemory } from '@plugtill/engine/memory'
import { migrate } from '@plugtill/engine/migrate'
import { expect, test } from 'vitest'
import { keepTerminal, TERMINALS } from '../src/terminals/terminals.ts'
import { stage } from './stage.ts'

const terminal = { terminal_id: 'T-1', reference: 'SN-1', last_updated: '2030-01-15T09:00:00Z' }

async function withTerminal() {
  const world = await stage()
  world.ptp.terminals.push({ ...terminal })
  await world.admin('POST', '/terminals/pull')
  return world
}

test('assign sends a PATCH with both lists and who makes the invoice, and takes over what the partner made of it', async () => {
  const { admin, ptp, now } = await withTerminal()
  const { body } = await admin('POST', '/terminals/T-1/assign', { locations: ['LOC-CITY'], evses: ['NLPLGE203'] })
  const change = {
    location_ids: ['LOC-CITY'],
    evse_uids: ['NLPLGE203'],
    invoice_creator: 'CPO',
    invoice_base_url: 'https://cpo.example/invoices',
    last_updated: now(),
  }
  expect(ptp.last('patchTerminal')).toEqual(change)
  expect(body).toEqual({ ...terminal, ...change, peer: expect.any(String) })
})

test('an assignment to a place we do not have is refused before the partner hears of it', async () => {
  const { admin, ptp } = await withTerminal()
  expect(await admin('POST', '/terminals/T-1/assign', { locations: ['NOWHERE'] })).toMatchObject({
    status: 404,
    body: { error: 'location_unknown' },
  })
  expect(ptp.told).toEqual([])
})

test('of two words about a terminal that come at the same moment, by push and by list, the newer one stays (E-11)', async () => {
  const store = openMemory()
  await migrate(store)
  const docs = documents(store, { now: () => 0 })
  const newer = { ...terminal, evse_uids: ['NLPLGE203'], last_updated: '2030-01-15T09:00:01Z' }
  const kept = await Promise.all([keepTerminal(docs, 'nl-ptp', newer), keepTerminal(docs, 'nl-ptp', terminal)])
  expect(kept).toEqual(['created', 'same'])
  const [doc] = await docs.all(TERMINALS)
  expect(JSON.parse(doc?.body ?? '')).toEqual(newer)
})

test('an unknown terminal is 404', async () => {
  const { admin } = await withTerminal()
  expect(await admin('GET', '/terminals/T-2')).toMatchObject({ status: 404 })
})

test('activation names the reference, the place and us', async () => {
  const { admin, ptp } = await withTerminal()
  const answer = await admin('POST', '/terminals/activate', { reference: 'SN-7', locations: ['LOC-CITY'] })
  expect(answer.status).toBe(202)
  expect(ptp.last('activate')).toMatchObject({
    reference: 'SN-7',
    location_ids: ['LOC-CITY'],
    country_code: 'NL',
    party_id: 'PLG',
  })
})

test('deactivation takes the assignment away', async () => {
  const { admin, pass } = await withTerminal()
  await admin('POST', '/terminals/T-1/assign', { locations: ['LOC-CITY'] })
  await pass(1000)
  const { body } = await admin('POST', '/terminals/T-1/deactivate')
  expect(body).toMatchObject({ location_ids: [], evse_uids: [] })
})

test('terminals are fetched by the hour', async () => {
  const world = await stage()
  world.ptp.terminals.push({ ...terminal })
  await world.pass(2 * 3_600_000)
  expect((await world.admin('GET', '/terminals')).body).toMatchObject([{ terminal_id: 'T-1' }])
})

test('a partner that says no is an answer to the operator', async () => {
  const { admin, ptp } = await withTerminal()
  ptp.fail('patchTerminal', 1)
  expect(await admin('POST', '/terminals/T-1/assign', { evses: [] })).toMatchObject({
    status: 502,
    body: { error: 'partner' },
  })
})
