/** F01 to F12: from the tap to the order to start. */
import { PeerRefused } from '@plugtill/ocpi/client'
import type { Psp } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { eur } from '../samples.ts'
import { HOUR, MINUTE, REFERENCE, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

/** The process dies in the middle of a call: nobody hears the answer, and what ran is never finished. */
const hangs =
  (operation: 'authorize', when: 'before' | 'after') =>
  (psp: Psp): Psp => ({
    ...psp,
    [operation]: async (request: Parameters<Psp['authorize']>[0]) => {
      if (when === 'after') await psp[operation](request)
      return new Promise(() => undefined)
    },
  })

row('F01', 'before the intent is stored nothing has happened: no hold, no payment', async () => {
  const one = await rig()
  expect(await one.payment()).toBeUndefined()
  expect(one.booked()).toEqual([])
  await one.close()
})

row('F02', 'a crash before the provider was asked: the same key within a minute, later only a look', async () => {
  const dead = await rig({ psp: hangs('authorize', 'before') })
  void dead.tap()
  await new Promise((done) => setTimeout(done, 20))
  const soon = await rig({ after: dead })
  await soon.pass(20_000)
  expect(soon.booked()).toEqual(['authorize 5000 approved'])
  expect((await soon.payment()).state).toBe('starting')
  await soon.close()

  const gone = await rig({ psp: hangs('authorize', 'before') })
  void gone.tap()
  await new Promise((done) => setTimeout(done, 20))
  gone.follow(soon.engine)
  await gone.clock.advanceBy(2 * MINUTE)
  const late = await rig({ after: gone })
  await late.pass(5 * MINUTE)
  expect(late.booked()).toEqual([])
  expect((await late.payment()).state).toBe('declined')
  await late.close()
})

row('F03', 'an authorization without answer is looked up, never asked again with a new key', async () => {
  const held = await rig({ card: 'timeout' })
  await held.tap()
  expect((await held.payment()).state).toBe('starting')
  expect(held.booked()).toEqual(['authorize 5000 approved'])
  await held.close()

  const nothing = await rig({ card: 'timeout-lost' })
  await nothing.tap()
  await nothing.pass(10 * MINUTE)
  expect(await nothing.payment()).toMatchObject({ state: 'declined', outcome: 'psp-unavailable' })
  expect(nothing.cpo.calls).toEqual([])
  await nothing.close()
})

row('F04', 'approved, and the process dies before it is stored: the same key gives the stored answer', async () => {
  const dead = await rig({ psp: hangs('authorize', 'after') })
  void dead.tap()
  await new Promise((done) => setTimeout(done, 20))
  const next = await rig({ after: dead })
  await next.pass(20_000)
  expect(next.booked()).toEqual(['authorize 5000 approved'])
  expect((await next.payment()).held).toEqual(eur(5000))
  await next.close()
})

row('F05', 'a partial approval is the ceiling; below the useful minimum it is given back', async () => {
  const half = await rig({ card: 'partial-approval' })
  expect(await half.tap()).toMatchObject({ state: 'starting', held: eur(2500) })
  await half.close()
  const little = await rig({ card: 'partial-approval', payment: { minimumHold: eur(2501) } })
  expect(await little.tap()).toMatchObject({ state: 'voided', outcome: 'hold-too-small' })
  expect(little.cpo.calls).toEqual([])
  await little.close()
})

row(
  'F06',
  'declined: no start, no void; a bank that wants the PIN says so and takes the word of the terminal',
  async () => {
    const one = await rig({ card: 'declined' })
    expect((await one.tap()).state).toBe('declined')
    expect(one.cpo.calls).toEqual([])
    expect(one.booked()).toEqual(['authorize 0 declined'])
    await one.close()
    const tapped = await rig({ card: 'pin-needed' })
    expect(await tapped.tap()).toMatchObject({ state: 'declined', outcome: 'pin-needed' })
    expect(tapped.booked()).toEqual(['authorize 0 declined'])
    await tapped.close()
    const typed = await rig({ card: 'pin-needed', payment: { verified: 'pin' } })
    expect(await typed.tap()).toMatchObject({ state: 'starting', held: eur(5000) })
    expect((await typed.payment()).eftData).toContain('PIN VERIFIED')
    await typed.close()
  },
)

row('F07', 'a second tap for the same EVSE takes no second hold', async () => {
  const one = await rig()
  await one.tap()
  await expect(
    one.tap({ id: '22222222-2222-4222-8222-222222222222', tapId: 'tap-2', tokenUid: 'OTHER', startCommandId: 'cmd-2' }),
  ).rejects.toThrow()
  expect(one.ledger.entries()).toHaveLength(1)
  await one.close()
})

row('F08', 'the driver walks away: after the plug-in window the hold is given back', async () => {
  const one = await rig()
  await one.tap()
  await one.result('ACCEPTED')
  await one.pass(5 * MINUTE - 1)
  expect((await one.payment()).state).toBe('awaiting-session')
  await one.pass(1_000)
  expect(await one.payment()).toMatchObject({ state: 'voided', outcome: 'not-plugged-in' })
  expect(one.booked()).toEqual(['authorize 5000 approved', 'void 5000 done'])
  await one.close()
})

test('F08 I6: a CPO that asks to be left alone for an hour does not keep the hold of a driver who walked away', async () => {
  for (const retryAfterMs of [HOUR, 30_000]) {
    const one = await rig()
    await one.tap()
    await one.result('ACCEPTED')
    const busy = new PeerRefused('too many', { peerId: 'peer-1', http: 429, retry: true, retryAfterMs })
    Object.defineProperty(one.cpo, 'sessions', {
      get() {
        throw busy
      },
    })
    await one.pass(5 * MINUTE)
    expect((await one.payment()).state).toBe(retryAfterMs === HOUR ? 'voided' : 'awaiting-session')
    await one.pass(MINUTE)
    expect(await one.payment()).toMatchObject({ state: 'voided', outcome: 'not-plugged-in' })
    await one.close()
  }
})

row('F09', 'a terminal that restarts during the authorization finds the same payment under the same tap', async () => {
  const one = await rig()
  const before = await one.tap()
  const again = await one.payments.find('tap/t-1/tap-1')
  expect(again?.id).toBe(before.id)
  await expect(one.tap()).rejects.toThrow()
  expect(one.ledger.entries()).toHaveLength(1)
  await one.close()
})

row('F10', "the provider's message and its answer say the same: whichever comes second changes nothing", async () => {
  const one = await rig()
  const payment = await one.tap()
  const { verdict } = await one.payments.apply(REFERENCE, {
    type: 'authorized',
    held: eur(5000),
    pspReference: payment.pspReference!,
    captureBefore: payment.captureBefore!,
    eftData: [],
    at: one.clock.now(),
  })
  expect(verdict).toHaveProperty('ignore')
  expect(one.cpo.calls).toEqual(['start'])
  await one.close()
})

row('F11', 'a provider that cannot be reached approves nothing: no start on trust', async () => {
  const one = await rig({ card: 'unavailable' })
  expect(await one.tap()).toMatchObject({ state: 'declined', outcome: 'psp-unavailable' })
  expect(one.cpo.calls).toEqual([])
  await one.close()
})

row('F12', 'a start that could not leave within a minute of the tap is not sent: the hold is given back', async () => {
  const idle = await rig()
  const slow = await rig({
    psp: (psp) => ({
      ...psp,
      authorize: async (o) => {
        await new Promise<void>((done) => void slow.clock.after(61_000, done))
        return psp.authorize(o)
      },
    }),
  })
  void slow.tap()
  await new Promise((done) => setTimeout(done, 20))
  slow.follow(idle.engine)
  await slow.clock.advanceBy(61_000)
  slow.follow(slow.engine)
  await slow.pass(MINUTE)
  expect(await slow.payment()).toMatchObject({ state: 'voided', outcome: 'psp-unavailable' })
  expect(slow.cpo.calls).toEqual([])
  expect(await slow.push(sessionAt(3)).then(({ state }) => state)).toBe('voided')
  await slow.pass(HOUR)
  await slow.close()
  await idle.close()
})
