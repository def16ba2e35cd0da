/** The charges of the judge's CPO: what happens after START_SESSION, and what is told to the PTP on the way. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { CommandResultType, StartSession } from '@plugtill/ocpi/modules/commands'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Peer } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import type { Charge } from './lean-cpo-cdr.ts'
import { createTeller, type TellerParts } from './lean-cpo-tell.ts'
import { createShelf, type Shelf } from './lean-shelf.ts'

/** How one charge goes. All times in ms after the command. */
export interface Plan {
  /** What the CPO answers at once, and after how long. */
  readonly response: 'ACCEPTED' | 'REJECTED' | 'NOT_SUPPORTED'
  readonly responseMs: number
  /** What the charger says, and when. */
  readonly result: CommandResultType
  readonly resultMs: number
  /** When the car is plugged in after an ACCEPTED; absent: it never comes. */
  readonly plugInMs?: number | undefined
  /** When a session begins although the charger said no; absent: it does not. */
  readonly lateMs?: number
  /** How long a car that never comes is waited for. */
  readonly waitForCarMs: number
  /** How long after it was plugged in the car leaves by itself; absent: it stays until STOP_SESSION. */
  readonly leavesMs?: number
  /** How often the running session is told. */
  readonly updateMs: number
  /** How long it takes from STOP_SESSION until the car is unplugged. */
  readonly stopMs: number
  /** How often the charger does not obey STOP_SESSION first. */
  readonly failedStops: number
  /** Nothing is asked for what was charged. */
  readonly free: boolean
  /** How long after the end the CDR is sent. */
  readonly cdrMs: number
}

export interface Charging {
  readonly sessions: Shelf<Session>
  readonly cdrs: Shelf<Cdr>
  readonly charges: () => readonly Charge[]
  readonly find: (sessionId: string) => Charge | undefined
  readonly begin: (charge: Charge, peer: Peer, plan: Plan) => void
  /** The same START_SESSION or a STOP_SESSION: its result goes to the URL given now. */
  readonly answer: (
    responseUrl: string,
    peer: Peer,
    told: { readonly result: CommandResultType; readonly afterMs: number },
  ) => void
  readonly stop: (charge: Charge, peer: Peer, plan: Plan) => void
}

export function createCharging(parts: TellerParts): Charging {
  const { clock } = parts
  const kept = new Map<string, Charge>()
  const shelves = { sessions: createShelf<Session>(), cdrs: createShelf<Cdr>() }
  const teller = createTeller(parts, shelves)
  const keep = (charge: Charge): Charge => {
    kept.set(charge.id, charge)
    return charge
  }
  const answer: Charging['answer'] = (responseUrl, peer, { result, afterMs }) =>
    void clock.after(afterMs, () => teller.result(responseUrl, peer, result))
  const pluggedIn = (id: string, peer: Peer, plan: Plan) => {
    const before = kept.get(id)
    if (before?.status !== 'PENDING') return
    const charge = keep({ ...before, status: 'ACTIVE', from: clock.now() })
    teller.session(charge, peer, 'patch')
    teller.status(charge, peer, 'CHARGING')
    const update = () => {
      const running = kept.get(id)
      if (running?.status !== 'ACTIVE') return
      teller.session(running, peer, 'patch')
      clock.after(plan.updateMs, update)
    }
    clock.after(plan.updateMs, update)
    if (plan.leavesMs !== undefined) clock.after(plan.leavesMs, () => over(id, peer, plan))
  }
  const over = (id: string, peer: Peer, plan: Plan) => {
    const before = kept.get(id)
    if (before?.status !== 'ACTIVE' && before?.status !== 'PENDING') return
    const charged = before.status === 'ACTIVE'
    const charge = keep({ ...before, status: charged ? 'COMPLETED' : 'INVALID', to: clock.now() })
    teller.session(charge, peer, 'put')
    if (!charged) return
    teller.status(charge, peer, 'AVAILABLE')
    clock.after(plan.cdrMs, () => teller.cdr({ ...charge, free: plan.free }, peer))
  }
  return {
    ...shelves,
    charges: () => [...kept.values()],
    find: (sessionId) => [...kept.values()].find(({ id }) => sameCi(id, sessionId)),
    begin: (charge, peer, plan) => {
      keep(charge)
      answer(charge.start.response_url, peer, { result: plan.result, afterMs: plan.resultMs })
      const { result, resultMs, lateMs } = plan
      if (result !== 'ACCEPTED' && lateMs === undefined) {
        keep({ ...charge, status: 'INVALID', to: clock.now() })
        return
      }
      clock.after(resultMs + (lateMs ?? 0), () => {
        teller.session(charge, peer, 'put')
        if (plan.plugInMs === undefined) clock.after(plan.waitForCarMs, () => over(charge.id, peer, plan))
        else clock.after(plan.plugInMs, () => pluggedIn(charge.id, peer, plan))
      })
    },
    answer,
    stop: (charge, peer, plan) => void clock.after(plan.stopMs, () => over(charge.id, peer, plan)),
  }
}

/** Whether a START_SESSION with a known reference is the same one again. */
export const sameStart = (a: StartSession, b: StartSession): boolean => {
  const { response_url: _a, token: tokenA, ...restA } = a
  const { response_url: _b, token: tokenB, ...restB } = b
  return JSON.stringify(restA) === JSON.stringify(restB) && tokenA.uid === tokenB.uid
}
