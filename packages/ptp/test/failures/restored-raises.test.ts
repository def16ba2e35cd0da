/** F75: a database put back to an older copy, while a hold had grown. What is held is known to the provider. */
import type { Store } from '@plugtill/engine/store'
import { PspError } from '@plugtill/psp/psp'
import { describe, expect } from 'vitest'
import { type Rig, type RigParts, rig } from '../rig.ts'
import { eur, T0 } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, sessionAt } from '../scripted-cpo.ts'
import { backup, drillsOn, stores } from './older-copy.ts'

/** Charging under a hold of 5 EUR that may grow; what comes now can be lost. */
async function growing(store: Store) {
  const raise = { stepMinor: 500, maxMinor: 5000, times: 10 }
  const one = await rig({
    store,
    terms: { raise, canRaise: true },
    payment: { asked: eur(500), minimumHold: eur(100) },
  })
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2))
  return { one, restore: await backup(store) }
}

/** The process that comes after it, on the older copy. */
async function after(one: Rig, restore: () => Promise<void>, psp?: RigParts['psp']): Promise<Rig> {
  await one.engine.stop()
  await restore()
  return rig({ after: one, ...(psp && { psp }) })
}

describe.each(stores)('F75 on %s', (name, open) => {
  const drill = drillsOn(name, open)

  drill('a raise of the lost time is known before less than the bill is taken (F34)', async (store) => {
    const { one, restore } = await growing(store)
    await one.push(sessionAt(30, { kwh: 5 }))
    await one.pass(61 * MINUTE)
    expect((await one.payment()).held).toEqual(eur(1000))
    const next = await after(one, restore)
    await next.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
    expect((await next.payment()).held).toEqual(eur(500))
    await next.bill(cdrFor(10))
    expect(await next.payment()).toMatchObject({
      state: 'captured',
      held: eur(1000),
      captured: eur(605),
      advice: { status: 'SUCCESS', amount: eur(605) },
    })
    return next
  })

  drill('taken in the lost time from a hold that had grown: nothing of it goes back', async (store) => {
    const { one, restore } = await growing(store)
    await one.push(sessionAt(30, { kwh: 5 }))
    await one.pass(61 * MINUTE)
    await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
    await one.bill(cdrFor(10))
    const next = await after(one, restore)
    await next.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
    await next.bill(cdrFor(10))
    await next.pass(HOUR)
    expect(await next.payment()).toMatchObject({ state: 'captured', held: eur(1000), captured: eur(605) })
    expect(next.booked()).toEqual(['authorize 500 approved', 'increment 1000 done', 'capture 605 done'])
    return next
  })

  drill('books that cannot be read are read some minutes later, not an hour', async (store) => {
    const { one, restore } = await growing(store)
    await one.push(sessionAt(30, { kwh: 5 }))
    await one.pass(20 * MINUTE)
    const next = await after(one, restore, (psp) => ({
      ...psp,
      list: async (o) => {
        if (one.clock.now() < T0 + 25 * MINUTE) throw new PspError('unavailable', 'away')
        return psp.list(o)
      },
    }))
    next.sweep.start()
    // Asked after 1, 1, 2 and 4 minutes, a little more or less.
    for (let minute = 0; minute < 9; minute++) {
      await next.pass(MINUTE)
      await next.sweep.idle()
    }
    expect((await next.payment()).held).toEqual(eur(1000))
    expect(next.faults).toHaveLength(3)
    next.sweep.stop()
    await next.pass(3 * HOUR)
    expect(next.faults).toHaveLength(3)
    return next
  })
})
