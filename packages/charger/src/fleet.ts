/** Many stations in one process, from plans. */
import type { Clock } from './clock.ts'
import type { OcppLink } from './link.ts'
import { runSteps } from './script/run-steps.ts'
import type { StationPlan } from './script/station-plan.ts'
import { createStation, type Station } from './station.ts'
import type { StationState } from './station-state.ts'

export interface FleetParts {
  readonly plans: readonly StationPlan[]
  readonly link: (plan: StationPlan) => OcppLink
  readonly clock: Clock
  readonly random: () => number
  /** All have connected for the first time after so long; at once when left out. */
  readonly rampMs?: number
  readonly onEvent?: (state: StationState) => void
  readonly onStep?: (id: string, step: { readonly name: string; readonly problem?: string }) => void
}

export interface Fleet {
  readonly stations: ReadonlyMap<string, Station>
  start(): void
  stop(): Promise<void>
}

export function createFleet({ plans, link, clock, random, rampMs = 0, onEvent, onStep }: FleetParts): Fleet {
  const stations = new Map<string, Station>(
    plans.map((plan) => [
      plan.id,
      createStation({ ...plan.parts, id: plan.id, link: link(plan), clock, random, ...(onEvent && { onEvent }) }),
    ]),
  )
  const ends: (() => void)[] = []
  return {
    stations,
    start() {
      for (const [index, plan] of plans.entries()) {
        const station = stations.get(plan.id)
        if (!station) continue
        const begin = () => {
          station.start()
          ends.push(runSteps({ station, clock, ...(onStep && { onStep: (step) => onStep(plan.id, step) }) }, plan))
        }
        if (rampMs === 0) begin()
        else ends.push(clock.after((rampMs * index) / plans.length, begin))
      }
    },
    async stop() {
      for (const end of ends.splice(0)) end()
      await Promise.all([...stations.values()].map((station) => station.stop()))
    },
  }
}
