/** What befalls the whole world: outages, restarts, a database set back, new tokens, new prices. */
import { AWAY_MS } from './bank.ts'
import { LEFT_ALONE_MS } from './cpo.ts'
import { changeMaker } from './makers.ts'
import { moveTerminal, switchOff } from './reassign.ts'
import { snapshotOf } from './rewind.ts'
import type { Storm } from './storm.ts'

const MINUTE = 60_000
const ABSENT_MS = 25 * MINUTE
const DATABASE_AWAY_MS = 2 * MINUTE

type Event = (storm: Storm, name: string) => Promise<void> | void

const later = (storm: Storm, ms: number, task: () => unknown) => void storm.clock.after(ms, () => void task())
const cpoOf = (storm: Storm, name: string) => storm.cpos[storm.dice.of(`who ${name}`) < 0.5 ? 0 : 1]
/** Who answers for it on its connection. */
const doorOf = (storm: Storm, name: string) => {
  const { connection } = cpoOf(storm, name)
  return storm.cpos.find((one) => one.connection === connection) ?? storm.cpos[0]
}

/** Each with how often it comes in a thousand sessions, and the cases of the failure model that it is. */
export const EVENTS: Readonly<Record<string, { readonly per1000: number; readonly happen: Event }>> = {
  'a CPO is away': {
    per1000: 6,
    happen: (storm, name) => {
      const cpo = doorOf(storm, name)
      const { connection } = cpo
      const from = storm.clock.now()
      cpo.away = true
      cpo.silent = storm.dice.of(`silent ${name}`) < 0.5
      storm.weather.met('F71')
      const spans = storm.log.absences.get(connection) ?? []
      storm.log.absences.set(connection, [...spans, { from, to: from + ABSENT_MS + LEFT_ALONE_MS }])
      later(storm, ABSENT_MS, () => {
        cpo.away = false
      })
    },
  },
  'the provider is away': {
    per1000: 2,
    happen: (storm) => {
      storm.weather.met('F74')
      storm.bank.leave(AWAY_MS)
    },
  },
  'the PTP is down for long': {
    per1000: 3,
    happen: (storm, name) => storm.kill(name, 35 * MINUTE),
  },
  'a worker wakes up after a pause': {
    per1000: 4,
    happen: (storm) => storm.zombie(3 * MINUTE),
  },
  'the database loses its last minutes': {
    per1000: 2,
    happen: async (storm, name) => {
      const from = storm.clock.now()
      const { backups } = storm.log
      const since = Math.min(from, ...backups)
      backups.push(since)
      const snapshot = await snapshotOf(storm.store, since)
      later(storm, 5 * MINUTE, async () => {
        storm.weather.met('F40', 'F75')
        storm.lost.push({ from, to: storm.clock.now() })
        storm.kill(name, MINUTE)
        await snapshot.restore()
        backups.shift()
      })
    },
  },
  'the database is away': {
    per1000: 6,
    happen: ({ clock, dice, log, outage }, name) => {
      const from = clock.now()
      outage.share = dice.of(`share ${name}`) < 0.5 ? 1 : 0.5
      outage.until = from + Math.round(dice.of(`until ${name}`) * DATABASE_AWAY_MS)
      log.downs.push({ from, to: outage.until })
    },
  },
  'new tokens': {
    per1000: 4,
    happen: async (storm, name) => {
      const cpo = doorOf(storm, name)
      // A backup without the newest tokens is left to people: the partner has to register anew.
      if (!storm.ptp() || cpo.away || storm.log.backups.length > 0) return
      storm.weather.met('F24')
      await cpo.renew()
    },
  },
  'new prices': { per1000: 3, happen: (storm, name) => cpoOf(storm, name).changeTariffs() },
  'a terminal is switched off': { per1000: 8, happen: switchOff },
  'a terminal moves to another contract': { per1000: 5, happen: moveTerminal },
  'another maker of invoices': { per1000: 20, happen: changeMaker },
}

/** Which of them come before this driver. */
export function befall(storm: Storm, n: number): void {
  for (const [kind, { per1000, happen }] of Object.entries(EVENTS)) {
    const name = storm.weather.strike(kind, `driver ${n}`, per1000 / 1000)
    if (name !== undefined)
      void Promise.resolve(happen(storm, name)).catch((error: unknown) =>
        storm.weather.note(`${name}: ${String(error)}`),
      )
  }
}
