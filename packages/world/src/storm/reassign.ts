/** Terminals that are switched off, and put under another contract, while cars charge that were paid for at them. (E-09, platform › contract) */
import { adminOf } from '../call-admin.ts'
import { isWithin } from './log.ts'
import type { Storm } from './storm.ts'

const MINUTE = 60_000
const OFF_MS = 20 * MINUTE
const AGAIN_MS = 20_000
const TRIES = 300

export interface Off {
  readonly since: number
  /** It is being activated again: from then on nobody can say. */
  until: number
}

/** What a contract says of a bill that never comes; `unsure` while a terminal is under way from one to the other. (F57) */
export type NoCdr = 'void' | 'session-cost' | 'unsure'
export interface Under {
  noCdr: NoCdr
  sureSince: number
}

/** The contracts of one connection: as the platform has it, and one by which a session is captured without a bill. */
export type Contracts = Readonly<Record<Exclude<NoCdr, 'unsure'>, string>>

const terminalFor = (storm: Storm, name: string) => {
  const party = storm.dice.of(`who ${name}`) < 0.5 ? 0 : 1
  const index = Math.floor(storm.dice.of(`which ${name}`) * storm.terminals[party].length)
  return { cpo: storm.cpos[party], terminal: storm.terminals[party][index] ?? '', index }
}

/** Asked again until it is done: by whoever is alive then. */
async function until(storm: Storm, act: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await act().catch(() => false)) return true
    await new Promise<void>((resolve) => void storm.clock.after(AGAIN_MS, resolve))
  }
  return false
}

/** A process that dies never answers. */
const answered = (storm: Storm, path: string, body: object = {}) => {
  const limit = new Promise<false>((resolve) => void storm.clock.after(AGAIN_MS, () => resolve(false)))
  const asked = adminOf(storm.ptp()?.admin ?? []).post(path, body)
  return Promise.race([asked.then(() => true), limit])
}

export async function switchOff(storm: Storm, name: string): Promise<void> {
  const { cpo, terminal, index } = terminalFor(storm, name)
  if (storm.off.has(terminal)) return
  const off: Off = { since: storm.clock.now(), until: 0 }
  storm.off.set(terminal, off)
  if (await until(storm, () => answered(storm, `/terminals/${terminal}/deactivate`))) {
    Object.assign(off, { since: storm.clock.now(), until: Number.POSITIVE_INFINITY })
    await new Promise<void>((resolve) => void storm.clock.after(OFF_MS, resolve))
  }
  off.until = storm.clock.now()
  await until(storm, async () => (await cpo.activate(`${cpo.owner.party_id}-${index}`)) === 200)
  storm.off.delete(terminal)
}

/** It was off before that tap began, and is still. */
export function isOff(storm: Storm, terminal: string, tappedAt: number): boolean {
  const off = storm.off.get(terminal)
  const isForgotten = off !== undefined && storm.lost.some(({ to }) => to >= off.since)
  return off !== undefined && off.since < tappedAt && storm.clock.now() < off.until && !isForgotten
}

export async function moveTerminal(storm: Storm, name: string): Promise<void> {
  const { cpo, terminal } = terminalFor(storm, name)
  const under = storm.under.get(terminal) ?? { noCdr: 'void', sureSince: 0 }
  if (under.noCdr === 'unsure') return
  const next = under.noCdr === 'void' ? 'session-cost' : 'void'
  const moving: Under = { noCdr: 'unsure', sureSince: Number.POSITIVE_INFINITY }
  storm.under.set(terminal, moving)
  storm.log.hasMoved = true
  const contract = storm.contracts.get(cpo.connection)?.[next]
  if (!(await until(storm, () => answered(storm, `/terminals/${terminal}/move`, { contract })))) return
  Object.assign(moving, { noCdr: next, sureSince: storm.clock.now() })
}

/** By which contract a tap was accepted that began at this moment and is answered now. */
export function noCdrAt(storm: Storm, terminal: string, tappedAt: number): NoCdr {
  const under = storm.under.get(terminal)
  if (under === undefined) return 'void'
  const isForgotten = isWithin(storm.lost, under.sureSince) || storm.log.backups.length > 0
  return under.sureSince < tappedAt && !isForgotten ? under.noCdr : 'unsure'
}
