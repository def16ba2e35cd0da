/**
 * The meter of one charging session: register readings become stretches of time that are priced alike. A stretch
 * ends wherever a component of the tariff can begin or end, so that each charging period has one price. (G-22, C-606)
 */
import { type Cuts, cutsInside, timeOfEnergy } from './cuts.ts'
import { alike, type Load, loadOf, spread } from './load.ts'

/** Time with one price: energy flowed, or the car did not ask for power (PARKING_TIME, E-71). */
export interface Stretch extends Load {
  readonly start: number
  readonly end: number
  readonly energyWh: number
  readonly parking: boolean
}

/** A moment at which the car began or ceased to ask for power. */
export interface Mark {
  readonly at: number
  readonly parking: boolean
}

export interface Meter {
  readonly startAt: number
  readonly startWh: number
  /** Last reading. */
  readonly at: number
  readonly energyWh: number
  readonly powerW?: number
  readonly currentA?: number
  /** Whether the car was parking when the last reading was taken. */
  readonly parking: boolean
  /** What changed since the last reading; the next one tells how much energy went into it. */
  readonly marks: readonly Mark[]
  readonly stretches: readonly Stretch[]
  /** The charger has not said where its register stood at the start: the first reading is it. */
  readonly unread?: true
}

export interface Reading {
  readonly at: number
  readonly energyWh: number
  readonly powerW?: number
  /** Sum over the phases. */
  readonly currentA?: number
}

export function startMeter(at: number, energyWh: number): Meter {
  return { startAt: at, startWh: energyWh, at, energyWh, parking: false, marks: [], stretches: [] }
}

/** What flows before the first reading is not billed. */
export function unreadMeter(at: number): Meter {
  return { ...startMeter(at, 0), unread: true }
}

export function isParking(meter: Meter): boolean {
  return meter.marks.at(-1)?.parking ?? meter.parking
}

/** A status told after a later reading counts from that reading on: the interval before it is spent. */
export function markMeter(meter: Meter, mark: Mark): Meter {
  const last = meter.marks.at(-1)
  if (isParking(meter) === mark.parking) return meter
  return { ...meter, marks: [...meter.marks, { ...mark, at: Math.max(mark.at, last?.at ?? meter.at) }] }
}

/** A reading older than the last one, or a register that went back, adds nothing: energy is never given twice. */
export function readMeter(meter: Meter, reading: Reading, cuts: Cuts): Meter {
  if (reading.at < meter.at) return meter
  if (meter.unread) {
    const { unread: _, ...rest } = meter
    const shown = Math.round(reading.energyWh)
    return readMeter({ ...rest, startWh: shown, energyWh: shown }, reading, cuts)
  }
  const energyWh = Math.max(meter.energyWh, Math.round(reading.energyWh))
  let stretches = meter.stretches
  for (const part of partsUntil(meter, reading.at, energyWh - meter.energyWh)) {
    const loaded = { ...part, ...loadOf(part, { reading, before: meter, cuts }) }
    for (const piece of cutPart(meter, loaded, { cuts, before: stretches })) {
      stretches = append(stretches, piece, mergeable(meter, stretches, piece, cuts))
    }
  }
  return {
    ...meter,
    at: reading.at,
    energyWh,
    parking: isParking(meter),
    marks: [],
    stretches,
    ...(reading.powerW === undefined ? {} : { powerW: reading.powerW }),
    ...(reading.currentA === undefined ? {} : { currentA: reading.currentA }),
  }
}

/** Takes back what was read above `energyWh`; a register below the start is no register. */
export function trimMeter(meter: Meter, energyWh: number): Meter {
  if (energyWh >= meter.energyWh || energyWh < meter.startWh) return meter
  let surplus = meter.energyWh - Math.round(energyWh)
  const stretches = [...meter.stretches].reverse().map((stretch) => {
    const taken = Math.min(surplus, stretch.energyWh)
    surplus -= taken
    return { ...stretch, energyWh: stretch.energyWh - taken }
  })
  return { ...meter, energyWh: Math.round(energyWh), stretches: stretches.reverse() }
}

export function deliveredWh(meter: Meter): number {
  return meter.energyWh - meter.startWh
}

/** Time between two readings by what the car did; the energy goes to the time in which it charged. */
function partsUntil(meter: Meter, at: number, deltaWh: number): readonly Stretch[] {
  const edges: Mark[] = [{ at: meter.at, parking: meter.parking }, ...meter.marks.filter((mark) => mark.at < at)]
  const spans = edges
    .map((edge, index) => ({ start: edge.at, end: edges[index + 1]?.at ?? at, parking: edge.parking }))
    .filter((span) => span.end > span.start || edges.length === 1)
  const charging = spans.filter((span) => !span.parking)
  const takers = charging.length > 0 ? charging : spans
  const takenMs = takers.reduce((sum, span) => sum + span.end - span.start, 0)
  let passedMs = 0
  let givenWh = 0
  return spans.map((span, index) => {
    if (!takers.includes(span)) return { ...span, energyWh: 0 }
    passedMs += span.end - span.start
    const untilWh = takenMs === 0 || index === spans.length - 1 ? deltaWh : Math.round((deltaWh * passedMs) / takenMs)
    const energyWh = span === takers.at(-1) ? deltaWh - givenWh : untilWh - givenWh
    givenWh += energyWh
    return { ...span, energyWh }
  })
}

/** One part split at the moments, energies and durations at which the tariff can change. */
function cutPart(
  meter: Meter,
  part: Stretch,
  more: { readonly cuts: Cuts; readonly before: readonly Stretch[] },
): readonly Stretch[] {
  const beforeWh = total(more.before)
  const times = cutsInside(more.cuts, {
    sessionStart: meter.startAt,
    start: part.start,
    end: part.end,
    fromWh: beforeWh,
    energyWh: part.energyWh,
  })
  const edges = [part.start, ...times, part.end]
  const lengthMs = part.end - part.start
  let givenWh = 0
  return edges.slice(1).map((end, index) => {
    const start = edges[index] ?? part.start
    const exact = more.cuts.energyWh.find((limit) => timeOfEnergy(part, limit - beforeWh) === end)
    const until =
      end === part.end
        ? part.energyWh
        : exact !== undefined
          ? exact - beforeWh
          : Math.round((part.energyWh * (end - part.start)) / lengthMs)
    const energyWh = until - givenWh
    givenWh = until
    return { ...part, start, end, energyWh }
  })
}

function mergeable(meter: Meter, stretches: readonly Stretch[], piece: Stretch, cuts: Cuts): boolean {
  const last = stretches.at(-1)
  if (last === undefined || last.end !== piece.start || last.parking !== piece.parking) return false
  if (!alike(last, piece, cuts)) return false
  const wh = total(stretches)
  if (cuts.energyWh.includes(wh) && wh > 0) return false
  if (cuts.durationMs.includes(piece.start - meter.startAt)) return false
  return !cuts.localEdge(piece.start)
}

function append(stretches: readonly Stretch[], piece: Stretch, merge: boolean): readonly Stretch[] {
  const last = stretches.at(-1)
  if (piece.start === piece.end) {
    // No time is no period: what a second reading of the same moment adds belongs to the time before it.
    if (piece.energyWh === 0) return stretches
    if (last !== undefined) return [...stretches.slice(0, -1), { ...last, energyWh: last.energyWh + piece.energyWh }]
  }
  if (!merge || last === undefined) return [...stretches, piece]
  const energyWh = last.energyWh + piece.energyWh
  return [...stretches.slice(0, -1), { ...last, ...spread(last, piece), end: piece.end, energyWh }]
}

function total(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, stretch) => sum + stretch.energyWh, 0)
}
