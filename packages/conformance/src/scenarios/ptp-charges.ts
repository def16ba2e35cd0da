/** Charges at a terminal: good ones and every way in which one can go wrong. Somebody taps a card for each. (D-20 to D-32) */
import type { Charge } from '../lean-cpo-cdr.ts'
import type { Plan } from '../lean-cpo-charging.ts'
import { DEAR, FAST, SLOW, STREET, YARD } from '../lean-cpo-sites.ts'
import type { PtpStage, Scenario } from '../scenario.ts'
import type { Seen } from '../seen.ts'
import type { View } from '../view.ts'
import { asksCdrs, asksSessions, readsAdvices } from './ptp-records.ts'
import { failsOnce, terminalOf } from './ptp-terminals.ts'

const PLACES = { [SLOW]: STREET, [FAST]: STREET, [DEAR]: YARD } as const

/** Asks for a tap, and waits for the command that follows it. */
async function tap(stage: PtpStage, evse: keyof typeof PLACES, plan: Partial<Plan>): Promise<Seen | undefined> {
  const { desk, cpo, operator, operatorMs } = stage
  cpo.plan(plan)
  const since = desk.parts.clock.now()
  const before = desk.view().ordinary.length
  const details = {
    location_id: PLACES[evse],
    evse_uid: evse,
    connector_id: '1',
    terminal_id: terminalOf(desk.view())?.terminal_id ?? '',
  }
  const text = `Choose EVSE ${evse} at the terminal and tap a card now.`
  const acted = Promise.resolve(operator({ id: 'tap-card', text, details }))
  acted.catch(() => undefined)
  const started = (view: View) =>
    view.ordinary.slice(before).find(({ place, by }) => place === 'commands.startSession' && by === 'partner') ??
    view.probes('commands.start-lost').find(({ at }) => at >= since)
  const seen = await desk.waitFor(started, operatorMs)
  desk.fact({ name: 'tapped', about: evse, text: seen === undefined ? 'nothing came' : String(seen.index) })
  return seen
}

/** The charge that the judge's CPO made of the last command. */
const chargeOf = ({ cpo }: PtpStage): Charge | undefined => cpo.charging.charges().at(-1)

async function until(stage: PtpStage, id: string | undefined, status: Charge['status']): Promise<void> {
  const { desk, cpo, patienceMs } = stage
  if (id === undefined) return
  await desk.waitFor(() => (cpo.charging.find(id)?.status === status ? true : undefined), patienceMs)
}

const advicesFor = (view: View, reference: string) =>
  view.valid('FinancialAdviceConfirmation').filter(({ value }) => value.authorization_reference === reference)

/** Waits for the advice of a charge, and a little longer for one too many. */
async function settled(stage: PtpStage, charge: Charge | undefined): Promise<void> {
  const { desk, patienceMs } = stage
  const reference = charge?.start.authorization_reference
  if (reference == null) return
  await desk.waitFor((view) => advicesFor(view, reference)[0], Math.max(patienceMs, ADVICE_MS))
}

/** How soon after its CDR an advice is expected. */
export const ADVICE_MS = 60_000

async function usual(stage: PtpStage): Promise<void> {
  const { desk, operator, operatorMs } = stage
  const undo = failsOnce(stage, 'advices.failed', '/financial-advice-confirmations')
  await tap(stage, SLOW, { failedStops: 1 })
  const charge = chargeOf(stage)
  await until(stage, charge?.id, 'ACTIVE')
  await stage.pass(1_500)
  if (charge !== undefined && stage.asked('start-session')) await asksSessions(stage, charge.id)
  const details = {
    session_id: charge?.id ?? '',
    evse_uid: SLOW,
    terminal_id: terminalOf(desk.view())?.terminal_id ?? '',
  }
  const text = `Stop the charge at EVSE ${SLOW} at the terminal now.`
  const acted = Promise.resolve(operator({ id: 'tap-to-stop', text, details }))
  acted.catch(() => undefined)
  desk.fact({ name: 'stop-wanted', about: charge?.id ?? '', text: '' })
  await desk.waitFor((view) => view.of('partner', 'commands.stopSession')[0], operatorMs)
  await until(stage, charge?.id, 'COMPLETED')
  // The car leaves anyway.
  if (charge !== undefined) await leaves(stage, charge.id)
  await desk.waitFor((view) => view.probes('advices.failed')[0], ADVICE_MS)
  await settled(stage, charge)
  undo()
}

async function leaves(stage: PtpStage, id: string): Promise<void> {
  const { cpo, desk } = stage
  const charge = cpo.charging.find(id)
  const peer = await desk.partner()
  if (charge?.status === 'ACTIVE' && peer !== undefined) cpo.charging.stop(charge, peer, cpo.planned())
  await until(stage, id, 'COMPLETED')
}

/** The charger answers before the CPO has, and the car leaves by itself. */
async function overtaken(stage: PtpStage): Promise<void> {
  await tap(stage, FAST, { responseMs: 2_000, resultMs: 500, plugInMs: 3_000, leavesMs: 3_000 })
  const charge = chargeOf(stage)
  await until(stage, charge?.id, 'COMPLETED')
  await settled(stage, charge)
}

async function dear(stage: PtpStage): Promise<void> {
  await tap(stage, DEAR, { leavesMs: 3_000 })
  const charge = chargeOf(stage)
  await until(stage, charge?.id, 'COMPLETED')
  await settled(stage, charge)
}

async function free(stage: PtpStage): Promise<void> {
  await tap(stage, SLOW, { leavesMs: 1_000, free: true })
  const charge = chargeOf(stage)
  await until(stage, charge?.id, 'COMPLETED')
  await settled(stage, charge)
}

async function refusedAtOnce(stage: PtpStage): Promise<void> {
  await tap(stage, SLOW, { response: 'REJECTED' })
  await quiet(stage, 'refused')
}

async function failed(stage: PtpStage): Promise<void> {
  await tap(stage, SLOW, { result: 'FAILED' })
  await quiet(stage, 'failed')
}

async function neverPlugged(stage: PtpStage): Promise<void> {
  await tap(stage, SLOW, { plugInMs: undefined, waitForCarMs: 3_000 })
  await until(stage, chargeOf(stage)?.id, 'INVALID')
  await quiet(stage, 'never-plugged')
}

/** The answer to the command is lost: nobody knows whether it was done. */
async function lost(stage: PtpStage): Promise<void> {
  const undo = failsOnce(stage, 'commands.start-lost', '/START_SESSION')
  await tap(stage, FAST, {})
  await quiet(stage, 'lost')
  undo()
}

/** Long enough to see whether something is tried again that should not be. */
async function quiet({ desk, pass, patienceMs }: PtpStage, about: string): Promise<void> {
  await pass(Math.min(patienceMs, 10_000))
  desk.fact({ name: 'quiet', about, text: '' })
}

async function late(stage: PtpStage): Promise<void> {
  await tap(stage, SLOW, { result: 'FAILED', lateMs: 2_000, plugInMs: 500, leavesMs: 6_000 })
  const charge = chargeOf(stage)
  if (charge !== undefined) stage.desk.fact({ name: 'late', about: charge.id, text: '' })
  await until(stage, charge?.id, 'COMPLETED')
  await settled(stage, charge)
}

export const ptpCharges: readonly Scenario<PtpStage>[] = [
  { name: 'a charge that the driver stops', milestone: 'start-session', kind: 'path', act: usual },
  { name: 'a result before its response', milestone: 'start-session', kind: 'probe', act: overtaken },
  { name: 'a start that is refused', milestone: 'start-session', kind: 'probe', act: refusedAtOnce },
  { name: 'a start that fails', milestone: 'start-session', kind: 'probe', act: failed },
  { name: 'a car that is never plugged in', milestone: 'start-session', kind: 'probe', act: neverPlugged },
  { name: 'a start without an answer', milestone: 'start-session', kind: 'probe', act: lost },
  { name: 'a session that begins after its start failed', milestone: 'start-session', kind: 'probe', act: late },
  { name: 'what is asked of CDRs', milestone: 'finalise-session', kind: 'probe', act: asksCdrs },
  { name: 'a charge above the hold', milestone: 'finalise-session', kind: 'probe', act: dear },
  { name: 'a charge that costs nothing', milestone: 'finalise-session', kind: 'probe', act: free },
  { name: 'the advices are read', milestone: 'finalise-session', kind: 'path', act: readsAdvices },
]
