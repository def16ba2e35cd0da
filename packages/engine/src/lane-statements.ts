/** What the lanes of an engine ask of its store. */
import { dialectOf } from './dialect.ts'
import { claimEffects, releaseLeases, renewLeases, whatIsDue } from './effects.ts'
import type { EngineParts } from './engine.ts'
import { Fault } from './fault.ts'
import type { LaneWork } from './lanes.ts'

interface Leasing {
  readonly owner: string
  readonly leaseUntil: () => number
  readonly onFault: (fault: Fault, reference: string) => void
}

export function laneStatements(
  { store, clock, node }: EngineParts,
  { owner, leaseUntil, onFault }: Leasing,
): Omit<LaneWork, 'run'> {
  return {
    claim: (lane, wanted) =>
      claimEffects(store, { ...wanted, lane, owner, now: clock.now(), leaseUntil: leaseUntil() }),
    due: (now) => whatIsDue(store, now),
    prepare: async () => {
      if (dialectOf(store).ownsFile) await releaseLeases(store, undefined)
      else if (node !== undefined) await releaseLeases(store, node)
    },
    poll: (underway) => renewLeases(store, owner, { underway, until: leaseUntil() }),
    trouble: (error) =>
      onFault(
        new Fault('LANES_STALLED', `The store did not answer the lanes: ${String(error)}`, {
          retry: true,
          cause: error,
        }),
        'engine',
      ),
  }
}
