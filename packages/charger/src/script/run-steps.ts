/** What a script says happens to a station, one after the other. */
import { cars } from '../car.ts'
import type { Clock } from '../clock.ts'
import type { Station } from '../station.ts'
import { msOf } from './duration.ts'
import type { ScriptStep } from './schema.ts'
import { behaviourOf, type StationPlan } from './station-plan.ts'

export interface StepsParts {
  readonly station: Station
  readonly clock: Clock
  /** Told after each step; `problem` says why it could not be done, and the script goes on. */
  readonly onStep?: (step: { readonly name: string; readonly problem?: string }) => void
}

/** How often a condition is looked at. */
const lookMs = 100
const usualWithin = '10min'
/** Steps that repeat do so no faster than this. */
const roundMs = 100

/** Begins once the central system accepted the station. Returns what ends it. */
export function runSteps(
  { station, clock, onStep }: StepsParts,
  { steps, repeat }: Pick<StationPlan, 'steps' | 'repeat'>,
): () => void {
  let cancel: () => void = () => undefined
  let ended = false
  const after = (ms: number, task: () => void) => {
    if (!ended) cancel = clock.after(ms, task)
  }
  const next = (index: number): void => {
    const step = steps[index]
    if (step === undefined) {
      if (repeat) after(roundMs, () => next(0))
      return
    }
    const name = Object.keys(step)[0] ?? ''
    const done = (problem?: string) => {
      onStep?.({ name, ...(problem !== undefined && { problem }) })
      next(index + 1)
    }
    if (step.wait !== undefined) after(msOf(step.wait), done)
    else if (step.until !== undefined) waitFor(step.until, done)
    else after(0, () => done(problemOf(() => act(station, step))))
  }
  const waitFor = (
    { connector = 1, status, within = usualWithin }: NonNullable<ScriptStep['until']>,
    done: (problem?: string) => void,
  ) => {
    const end = clock.now() + msOf(within)
    const look = (): void => {
      const found = station.state().connectors.find(({ connectorId }) => connectorId === connector)?.status
      if (found === status) done()
      else if (clock.now() >= end) done(`Connector ${connector} was not ${status} within ${within}; it is ${found}.`)
      else after(lookMs, look)
    }
    look()
  }
  const begin = (): void => {
    if (station.state().accepted) next(0)
    else after(lookMs, begin)
  }
  if (steps.length > 0) begin()
  return () => {
    ended = true
    cancel()
  }
}

function problemOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

function act(station: Station, step: ScriptStep): void {
  if (step.plug) {
    const { connector = 1, car = 'family', soc } = step.plug
    const model = cars[car]
    station.plugIn(connector, { model: soc === undefined ? model : { ...model, soc } })
  }
  if (step.unplug) station.unplug(step.unplug.connector ?? 1)
  if (step.card) station.presentCard(step.card.connector ?? 1, { idTag: step.card.tag })
  if (step.stop) station.stopCharging(step.stop.connector ?? 1)
  if (step.fault) station.fault(step.fault.connector ?? 1, step.fault.code)
  if (step.clear) station.clearFault(step.clear.connector ?? 1)
  if (step.lock) station.jamLock(step.lock.connector ?? 1, step.lock.jammed)
  if (step.meter) station.shiftMeter(step.meter.connector ?? 1, step.meter.add_wh)
  if (step.link_down) station.dropLink(msOf(step.link_down))
  if (step.power_off) station.cutPower(msOf(step.power_off))
  if (step.behave) station.behave(behaviourOf(step.behave))
}
