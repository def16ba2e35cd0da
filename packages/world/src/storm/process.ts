/** The PTP process of a storm: it dies, sleeps, and others take its place on the same database. */
import type { VirtualClock } from '@plugtill/engine/virtual-clock'
import type { Ptp } from '@plugtill/ptp/ptp'
import { type Life, life } from '../mortal.ts'
import type { Logbook } from './log.ts'
import type { Weather } from './weather.ts'
import type { Wire } from './wire.ts'

export const PTP_URL = 'https://ptp.example/ptp/ocpi'
const MINUTE = 60_000

interface Ground {
  readonly clock: VirtualClock
  readonly store: Life['store']
  readonly send: Life['send']
  readonly psp: Life['psp']
  readonly wire: Wire
  readonly weather: Weather
}

/** The PTP process: it dies, and another one takes its place on the same database. */
export function mortal(log: Logbook) {
  let being: Life | undefined
  let ptp: Ptp | undefined
  const self = {
    world: undefined as unknown as Ground,
    bear: undefined as unknown as (being: Life) => Ptp,
    now: () => ptp,
    kill: (why: string, forMs: number) => {
      if (!being) return
      const { weather: sky, wire: net, clock } = self.world
      sky.note(`the PTP dies: ${why}`)
      if (forMs >= 30 * MINUTE) sky.met('F39')
      being.kill()
      log.downs.push({ from: clock.now(), to: Number.POSITIVE_INFINITY })
      log.life++
      being = undefined
      ptp = undefined
      net.attach(PTP_URL, undefined)
      clock.after(forMs, () => self.revive())
    },
    revive: () => {
      if (being) return
      const { clock, store, send, psp, wire: net } = self.world
      being = life({ clock, store, send, psp })
      for (const down of log.downs) if (down.to === Number.POSITIVE_INFINITY) down.to = clock.now()
      const born = self.bear(being)
      ptp = born
      net.attach(PTP_URL, born.serveOcpi)
      born.start()
    },
    zombie: (forMs: number) => {
      const asleep = being
      if (!asleep) return
      const { weather: sky, clock } = self.world
      sky.note('the PTP falls asleep')
      sky.met('F76')
      asleep.sleep()
      log.life++
      being = undefined
      self.revive()
      clock.after(forMs, () => {
        log.beside = true
        asleep.wake()
      })
      // Two processes on one file are no state to stay in: both end, and one begins again.
      clock.after(forMs + MINUTE, () => {
        asleep.kill()
        log.beside = false
        self.kill('after the sleeper', 1000)
      })
    },
    end: () => being?.kill(),
  }
  return self
}
