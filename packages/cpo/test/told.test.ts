/** What an operator looks at is told when it changes, so that no page has to ask again and again. */
import { payments } from '@plugtill/ocpi/modules/payments'
import { type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import { expect, test } from 'vitest'
import type { Drivers } from './fake-ptp.ts'
import { advise, plugIn, REFERENCE, stage, start, stopTransaction } from './stage.ts'

const token = (partyId: string, uid: string): Token => ({
  ...{ country_code: 'DE', party_id: partyId, uid, type: 'RFID', contract_id: `DE-${partyId}-${uid}`, issuer: partyId },
  ...{ valid: true, whitelist: 'ALLOWED', last_updated: '2030-01-15T09:00:00Z' },
})

async function watched() {
  const heard: string[] = []
  const world = await stage({ onChange: (topic, id) => void heard.push(`${topic} ${id}`) })
  /** What was told since the last time. */
  const news = () => [...new Set(heard.splice(0))]
  news()
  return { ...world, news }
}

test('a terminal is told when its partner sends it, when it was assigned and when it was pulled; the same again is no news', async () => {
  const { ptp, admin, news } = await watched()
  const terminal = { terminal_id: 'T-1', last_updated: '2030-01-15T09:00:00Z' }
  const post = () => ptp.client.of({ id: ptp.cpoId }, payments, 'receiver').postTerminal({ body: terminal })
  await post()
  expect(news()).toEqual(['terminals t-1'])
  await post()
  expect(news()).toEqual([])

  ptp.terminals.push({ ...terminal })
  await admin('POST', '/terminals/T-1/assign', { locations: ['LOC-CITY'] })
  expect(news()).toEqual(['terminals t-1'])
  ptp.terminals.push({ terminal_id: 'T-2', last_updated: '2030-01-15T09:00:00Z' })
  await admin('POST', '/terminals/pull')
  expect(news()).toEqual(['terminals t-2'])
})

test('a card is told when its provider sends it', async () => {
  const { partner, news } = await watched()
  const ema = await partner('EMA', undefined, { tokens: [], authorize: () => undefined })
  news()
  const params = { country_code: 'DE', party_id: 'EMA', token_uid: 'CARD-A' }
  const body = token('EMA', 'CARD-A')
  await ema.client.of({ id: ema.cpoId }, tokens, 'receiver').putToken({ params, body })
  expect(news()).toEqual(['tokens de/ema/card-a/rfid'])
})

test('a bill is told when it is written and when it is taken back', async () => {
  const world = await watched()
  await start(world.ptp)
  await world.settle()
  const transaction = await plugIn(world, 0)
  await stopTransaction(world, transaction, 5_000)
  await world.pass(1000)
  const cdr = world.ptp.last('cdr') as { readonly id: string }
  expect(world.news()).toContain(`cdrs ${cdr.id}`)
  await advise(world.ptp, { authorization_reference: REFERENCE })
  await world.settle()
  expect(world.news().some((one) => one.startsWith('cdrs '))).toBe(true)
  await world.admin('POST', `/cdrs/${cdr.id}/credit`, { reason: 'wrong' })
  await world.pass(1000)
  expect(world.news()).toContain(`cdrs ${cdr.id}-c`)
})

test('a station is told when it comes and when it goes', async () => {
  const { ac, plug, settle, news } = await watched()
  ac.drop()
  await settle()
  expect(news()).toContain('chargers PLG-AC-1')
  await plug('PLG-DC-1')
  await settle()
  expect(news()).toContain('chargers PLG-DC-1')
})

test('the operator sees each card that was shown: what became of it, whose it is, and on what ground', async () => {
  const world = await watched()
  await world.partner('EMA', undefined, { tokens: [token('EMA', 'CARD-A')], authorize: () => undefined })
  const authorize: Drivers['authorize'] = (uid) =>
    uid === 'CARD-B'
      ? { allowed: 'ALLOWED', token: token('EMB', uid), authorization_reference: 'EMB-1' }
      : uid === 'LOST'
        ? { allowed: 'BLOCKED', token: token('EMB', uid) }
        : undefined
  await world.partner('EMB', undefined, { tokens: [], authorize })
  await world.pass(10_000)
  world.news()
  for (const idTag of ['CARD-A', 'CARD-B', 'LOST', 'NOBODYS']) await world.ac.say('Authorize', { idTag })
  await world.settle()
  const at = { charger_id: 'PLG-AC-1', shown_at: world.now(), duration_ms: 0 }
  const no = { auth_method: null, authorization_reference: null, contract_id: null }
  expect((await world.admin('GET', '/tokens/shown?limit=10')).body).toEqual([
    { ...at, uid: 'NOBODYS', result: 'Invalid', provider: null, ...no },
    { ...at, uid: 'LOST', result: 'Blocked', provider: 'DE-EMB', ...no },
    {
      ...{ ...at, uid: 'CARD-B', result: 'Accepted', provider: 'DE-EMB', contract_id: 'DE-EMB-CARD-B' },
      ...{ auth_method: 'AUTH_REQUEST', authorization_reference: 'EMB-1' },
    },
    {
      ...{ ...at, uid: 'CARD-A', result: 'Accepted', provider: 'DE-EMA', contract_id: 'DE-EMA-CARD-A' },
      ...{ auth_method: 'WHITELIST', authorization_reference: null },
    },
  ])
  expect(world.news()).toEqual(['tokens CARD-A', 'tokens CARD-B', 'tokens LOST', 'tokens NOBODYS'])
})
