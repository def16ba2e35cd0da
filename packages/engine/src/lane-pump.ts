/** What runs in each lane, who waits there, and when it is worth asking for more. */
import type { BusyCount } from './busy-count.ts'
import type { EffectRecord, Of } from './effects.ts'
import type { LaneWork } from './lanes.ts'
import type { Entity } from './machine.ts'
import type { Place } from './orders.ts'

interface Lane {
  /** Effects under way, by their seq: whose, and whether somebody said that another one of the same waits. */
  readonly running: Map<number, { readonly of: Of; behind: boolean }>
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
  const free = (lane: Lane) => width - lane.running.size - lane.kept

  async function claimAll(name: string, lane: Lane): Promise<void> {
    try {
      do {
        lane.again = false
        lane.more = true
        const places = free(lane)
        if (!mayBegin(name) || places <= 0) return
        const claimed = await work.claim(name, places, [...lane.running.keys()])
        lane.more = claimed.length === places
        for (const effect of claimed) begin(name, lane, effect)
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
    const one = { of: effect, behind: false }
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
    if (mayBegin(name) && !lane.pumping && !lane.more && free(lane) > 0)
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
