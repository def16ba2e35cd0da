/** The CPO process: it can be killed, and another one takes its place on the same database. */
import type { Cpo } from '@plugtill/cpo/cpo'
import type { Life } from './mortal.ts'

export interface MortalCpo {
  /** Whoever lives now, under one name. */
  readonly cpo: Cpo
  readonly alive: () => boolean
  readonly kill: () => void
  /** The next process; its chargers come by themselves. */
  readonly returns: () => Promise<void>
}

export function mortalCpo(born: () => Life, bear: (being: Life) => Cpo): MortalCpo {
  let being = born()
  let now = bear(being)
  return {
    alive: () => being.alive(),
    kill: () => being.kill(),
    returns: async () => {
      being = born()
      now = bear(being)
      await now.start()
    },
    cpo: {
      get admin() {
        return now.admin
      },
      get chargers() {
        return now.chargers
      },
      get engine() {
        return now.engine
      },
      serveOcpi: (request) => now.serveOcpi(request),
      get stations() {
        return now.stations
      },
      onFinding: (finding) => now.onFinding(finding),
      serveInvoice: (reference, asked) => now.serveInvoice(reference, asked),
      start: () => now.start(),
      stop: () => now.stop(),
      idle: () => now.idle(),
    },
  }
}
