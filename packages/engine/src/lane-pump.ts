/** What runs in each lane, who waits there, and when it is worth asking for more. */
import type { BusyCount } from './busy-count.ts'
import type { EffectRecord, Of } from './effects.ts'
import type { Claim, LaneWork } from './lanes.ts'
import type { Entity } from './machine.ts'
import type { Place } from './orders.ts'

interface Lane {
  /** Effects under way, by their seq: whose, whether they were tried before, and whether somebody said that another one of the same waits. */
  readonly running: Map<number, { readonly of: Of; readonly again: boolean; behind: boolean }>
  /** Places kept for orders that are being committed. */
  kept: number
  pumping: boolean
  again: boolean
  /** Something may wait that found no place: whoever comes later does not overtake it. */
  more: boolean
}

/** The lanes that are in use. */
function laneBook() {
  const lanes = new Map<string, Lane>()
  function laneOf(name: string): Lane {
    const known = lanes.get(name)
    if (known) return known
    const lane = { running: new Map(), kept: 0, pumping: false, again: false, more: false }
    lanes.set(name, lane)
    return lane
  }
  return {
    laneOf,
    forget: (name: string, lane: Lane) => {
      if (lane.running.size === 0 && lane.kept === 0 && !lane.pumping) lanes.delete(name)
    },
    /** Notes that something waits; false when it is behind an effect of the same entity, at whose end it is looked for. */
    waitsIn: (name: string, of?: Of): boolean => {
      const lane = laneOf(name)
      for (const one of lane.running.values())
        if (of !== undefined && one.of.id === of.id && one.of.kind === of.kind) {
          one.behind = true
          return false
        }
      lane.more = true
      return true
    },
  }
}

/**
 * Of the places of a lane, where it has several: orders that hang at every attempt, each until its timeout, would keep whoever
 * comes new waiting for all of them.
 */
const FOR_THE_UNTRIED = 0.25

const freeIn = ({ running, kept }: Lane, width: number): number => width - running.size - kept

/** What may begin now: the oldest; once what failed before has all the places that it may have, only what was never begun. */
function wantedIn(lane: Lane, width: number): Claim {
  const free = freeIn(lane, width)
  const again = [...lane.running.values()].filter((one) => one.again).length
  const forAll = Math.min(free, width - Math.floor(width * FOR_THE_UNTRIED) - again)
  const untried = forAll <= 0
  return { limit: untried ? free : forAll, untried, underway: [...lane.running.keys()] }
}

type PumpWork = Pick<LaneWork, 'claim' | 'run'>

interface PumpOptions {
  readonly width: number
  readonly mayBegin: (lane: string) => boolean
}

/**
 * Claims for a lane until it is full or has nothing more; one claim of a lane at a time. Nothing is claimed where nothing can
 * wait: an order that finds a free place is claimed as it is stored.
 */
export function lanePump(work: PumpWork, busy: BusyCount, { width, mayBegin }: PumpOptions) {
  const { laneOf, forget, waitsIn } = laneBook()
  const underway = new Set<number>()

  async function claimAll(name: string, lane: Lane): Promise<void> {
    try {
      do {
        lane.again = false
        lane.more = true
        for (let isFull = true; isFull && mayBegin(name); ) {
          const wanted = wantedIn(lane, width)
          if (wanted.limit <= 0) break
          const claimed = await work.claim(name, wanted)
          for (const effect of claimed) begin(name, lane, effect)
          isFull = claimed.length === wanted.limit
          lane.more = isFull || wanted.untried
        }
      } while (lane.again)
    } finally {
      // At once: whoever came between the last look at `again` and this would be asked to wait for nobody.
      lane.pumping = false
      forget(name, lane)
    }
  }
  async function pump(name: string): Promise<void> {
    const lane = laneOf(name)
    if (lane.pumping) lane.again = true
    else {
      lane.pumping = true
      await busy.during(() => claimAll(name, lane))
    }
  }
  async function run(name: string, lane: Lane, { effect, entity }: Beginning): Promise<void> {
    const one = { of: effect, again: effect.attempts > 1, behind: false }
    lane.running.set(effect.seq, one)
    const waits = await work.run(effect, entity)
    underway.delete(effect.seq)
    lane.running.delete(effect.seq)
    // An effect that waited behind this one may run now, or one that found no place.
    if (waits || one.behind || lane.more) void pump(name)
    else forget(name, lane)
  }
  function begin(name: string, lane: Lane, effect: EffectRecord, entity?: () => Entity): void {
    underway.add(effect.seq)
    void busy.during(() => run(name, lane, { effect, entity }))
  }
  function placeIn(name: string): Place | undefined {
    const lane = laneOf(name)
    if (mayBegin(name) && !lane.pumping && !lane.more && freeIn(lane, width) > 0)
      return keptPlace(lane, busy, {
        run: (effect, entity) => begin(name, lane, effect, entity),
        leave: () => lane.more && void pump(name),
        after: () => forget(name, lane),
      })
    forget(name, lane)
    return undefined
  }
  return { pump, underway, placeIn, waitsIn }
}

interface Beginning {
  readonly effect: EffectRecord
  readonly entity: (() => Entity) | undefined
}

interface Ways {
  readonly run: Place['run']
  readonly leave: () => unknown
  readonly after: () => void
}

/** All is not quiet while a place is kept: what it is kept for will run. */
function keptPlace(lane: Lane, busy: BusyCount, { run, leave, after }: Ways): Place {
  const settled = Promise.withResolvers<void>()
  void busy.during(() => settled.promise)
  lane.kept++
  let used = false
  const use = (then: () => unknown) => {
    if (used) return
    used = true
    lane.kept--
    then()
    after()
    settled.resolve()
  }
  return { run: (effect, entity) => use(() => run(effect, entity)), leave: () => use(leave) }
}
