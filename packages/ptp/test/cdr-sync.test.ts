/** Bills whose push was lost: every CPO's list of CDRs is read at least every quarter of an hour. (F39, F51, F59) */
import { documents } from '@plugtill/engine/documents'
import { Fault } from '@plugtill/engine/fault'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { virtualClock } from '@plugtill/engine/virtual-clock'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { OcpiError } from '@plugtill/ocpi/errors'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { memoryPeers, type Peer } from '@plugtill/ocpi/peers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCdrSync } from '../src/cdr-sync.ts'
import { defaultSettings } from '../src/settings.ts'
import { charged, type Rig } from './rig.ts'
import { eur, T0 } from './samples.ts'
import { cdrFor, clientOf, creditFor, HOUR, MINUTE, refusal } from './scripted-cpo.ts'

const cpo = (id: string): Peer => ({
  id,
  status: 'registered',
  roles: [{ role: 'CPO', country_code: 'NL', party_id: 'CPO', business_details: { name: 'CPO' } }],
  endpoints: [],
  tokensIn: [],
  updatedAt: 0,
})
const AUTHORIZED = 'authorize 5000 approved'

/** The rig, with its CPO's list being read. */
function reading(one: Rig, onFault: (fault: unknown) => unknown = () => undefined): Rig {
  const peers = memoryPeers([cpo('peer-1')])
  const sync = createCdrSync({
    ...{ ...one, client: clientOf(one.cpo), peers, onFault },
    ...{ random: () => 0.999, intervalMs: defaultSettings.cdrsPollMs },
  })
  sync.start()
  onTestFinished(() => sync.stop())
  return one
}

/** Of a session that nobody here has paid for. */
const stranger = { authorization_reference: 'other', session_id: 'S9', cdr_token: { ...cdrFor(1).cdr_token, uid: 'X' } }

test.each([
  ['a comma', '2030-01-01T12:00:00,5Z'],
  ['a leap second', '2029-12-31T23:59:60Z'],
  ['a blank for the T', '2030-01-01 12:00:00'],
])(
  'a bill whose time has %s is taken like any other, and keeps none waiting (I16, F59, E-54)',
  async (_what, last_updated) => {
    const one = reading(await charged())
    one.cpo.cdrs = [cdrFor(1, { id: 'CDR9', ...stranger, last_updated }), cdrFor(10, { last_updated })]
    await one.pass(13 * MINUTE)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    expect(await one.documents.get('cdrs', 'peer-1/nl/cpo/cdr9')).toBeDefined()
    await one.close()
  },
)

test('a bill that cannot be kept for a reason of its own is told once, and the next ones are taken (I16, F59)', async () => {
  const one = await charged()
  const faults: string[] = []
  const cdr = async (peerId: string, bill: CdrReceived) => {
    if (bill.id === 'BAD') throw new Fault('BAD_BILL', 'It cannot be kept. Look at it.')
    return one.intake.cdr(peerId, bill)
  }
  reading({ ...one, intake: { ...one.intake, cdr } }, (fault) => faults.push(String(fault)))
  one.cpo.cdrs = [cdrFor(1, { id: 'BAD', ...stranger }), cdrFor(10)]
  await one.pass(HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  expect(faults).toEqual([expect.stringMatching(/cannot be kept/)])
  await one.close()
})

describe('what the CPO pushed once, and we did not take, is taken from its list', () => {
  test('F51: a credit; what was taken goes back to the driver', async () => {
    const one = reading(await charged())
    await one.bill(cdrFor(10))
    one.cpo.cdrs = [cdrFor(10), creditFor(cdrFor(10))]
    await one.pass(15 * MINUTE)
    expect((await one.payment()).credit).toMatchObject({ id: creditFor(cdrFor(10)).id })
    await one.pass(16 * MINUTE)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 605 done'])
    await one.close()
  })

  test('F51: a corrected bill; only the difference goes back', async () => {
    const one = reading(await charged())
    await one.bill(cdrFor(10))
    await one.bill(creditFor(cdrFor(10)))
    one.cpo.cdrs = [cdrFor(10), creditFor(cdrFor(10)), cdrFor(8, { id: 'CDR2' })]
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 121 done'])
    expect(await one.payment()).toMatchObject({ cdr: { id: 'CDR2' }, advice: { status: 'SUCCESS', amount: eur(484) } })
    await one.close()
  })

  test('F56: the bill of a hold that was given back; the CPO is told that nothing was taken', async () => {
    const one = reading(await charged())
    await one.pass(21 * HOUR)
    expect((await one.payment()).state).toBe('voided')
    one.cpo.cdrs = [cdrFor(10)]
    await one.pass(15 * MINUTE)
    expect((await one.payment()).advice).toMatchObject({ status: 'FAILED', amount: eur(0) })
    await one.close()
  })
})

type List = (peerId: string, query: { readonly date_from: string }) => AsyncIterable<CdrReceived>

/** A reader of two CPOs at a virtual time; what came, what was asked for and what went wrong. */
async function readingTwo(list: List, take: (id: string) => void = () => undefined) {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  onTestFinished(() => store.close())
  const tick = () => new Promise<void>((done) => setImmediate(done))
  const clock = virtualClock(T0, { settle: tick })
  const done: string[] = []
  const parts = {
    client: {
      of: ({ id }: Peer) => ({ list: (o: { readonly query: { readonly date_from: string } }) => list(id, o.query) }),
    } as unknown as OcpiClient,
    intake: {
      cdr: async (peerId: string, { id }: CdrReceived) => {
        take(id)
        done.push(`${peerId} ${id}`)
        return { created: true }
      },
    },
    ...{ documents: documents(store, clock), peers: memoryPeers([cpo('one'), cpo('two')]), clock },
    ...{ random: () => 0.5, intervalMs: 12 * MINUTE },
    onFault: (fault: unknown, peerId: string) => void done.push(`${peerId}: ${(fault as Error).message}`),
  }
  return { clock, done, start: () => createCdrSync(parts).start() }
}

test('the first reading goes back two days, the next a quarter of an hour behind the last that went well, one a day two days again', async () => {
  const asked: string[] = []
  const { clock, start } = await readingTwo(async function* (peerId, { date_from }) {
    if (peerId === 'two') return
    asked.push(`${(clock.now() - T0) / MINUTE}: ${(Date.parse(date_from) - T0) / MINUTE}`)
    if (asked.length === 3) throw refusal(500)
    yield* []
  })
  start()
  await clock.advanceBy(37 * MINUTE)
  expect(asked).toEqual(['0: -2880', '12: -15', '24: -3', '36: -3'])
  await clock.advanceBy(24 * HOUR)
  expect(asked.filter((one) => one.endsWith(`: ${-48 * 60 + 24 * 60}`))).toEqual(['1440: -1440'])
  // Another process goes on where this one was.
  start()
  await clock.advanceBy(0)
  expect(asked.at(-1)).toMatch(/^1477: 14\d\d$/)
})

test('F71: a CPO that never answers keeps no other one waiting', async () => {
  const { clock, done, start } = await readingTwo(async function* (peerId) {
    if (peerId === 'one') await new Promise(() => undefined)
    yield cdrFor(1, { id: 'A' })
  })
  start()
  await clock.advanceBy(13 * MINUTE)
  expect(done).toEqual(['two A', 'two A'])
})

test('a partner that is away is told once; a bill of a foreign party is left, one that is refused keeps no other waiting', async () => {
  let away = true
  const { clock, done, start } = await readingTwo(
    async function* (peerId) {
      if (peerId === 'two') return
      if (away) throw new Error('away')
      yield cdrFor(1, { id: 'FOREIGN', party_id: 'XYZ' })
      yield cdrFor(1, { id: 'REFUSED' })
      yield cdrFor(1, { id: 'GOOD' })
    },
    (id) => {
      if (id === 'REFUSED') throw new OcpiError(2001, 'known with other content')
    },
  )
  start()
  await clock.advanceBy(30 * MINUTE)
  expect(done).toEqual(['one: away'])
  away = false
  await clock.advanceBy(12 * MINUTE)
  expect(done).toEqual(['one: away', 'one GOOD'])
})

test('a bill that could not be kept is read again: the next reading begins where this one did', async () => {
  let broken = true
  const { clock, done, start } = await readingTwo(
    async function* (peerId, { date_from }) {
      if (peerId === 'one' && Date.parse(date_from) < T0 - HOUR) yield cdrFor(1, { id: 'A' })
    },
    () => {
      if (broken) throw new Error('disk full')
    },
  )
  start()
  await clock.advanceBy(MINUTE)
  broken = false
  await clock.advanceBy(12 * MINUTE)
  expect(done).toEqual(['one: disk full', 'one A'])
})
