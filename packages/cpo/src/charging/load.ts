/**
 * Power and current of a stretch, as far as the tariff asks for them: MIN_POWER to MAX_CURRENT of its charging period.
 * They are momentary values (G-07), so what the station told at a reading holds for the time up to it.
 */
import type { Cuts } from './cuts.ts'

export interface Load {
  readonly minPowerW?: number
  readonly maxPowerW?: number
  /** Sums over the phases. (cdrs › CdrDimensionType) */
  readonly minCurrentA?: number
  readonly maxCurrentA?: number
}

interface Part {
  readonly start: number
  readonly end: number
  readonly energyWh: number
  readonly parking: boolean
}

interface Told {
  readonly at: number
  readonly powerW?: number
  readonly currentA?: number
}

const HOUR_MS = 3_600_000
/** Registers count in steps: over less time than this their difference says little about power. */
const SHORT_MS = 60_000

export function loadOf(
  part: Part,
  { reading, before, cuts }: { readonly reading: Told; readonly before: Told; readonly cuts: Cuts },
): Load {
  const asked = { power: cuts.powerW.length > 0, current: cuts.currentA.length > 0 }
  if (!asked.power && !asked.current) return {}
  // A car that began to stand there before the reading took what the register says, not the nothing of then.
  const told: Partial<Told> = part.end === reading.at ? reading : {}
  const powerW = part.parking ? 0 : powerOf(part, told.powerW, before.powerW)
  const currentA = part.parking ? 0 : currentOf(part, told.currentA, { powerW, volts: cuts.phaseVolts })
  return {
    ...(asked.power && powerW !== undefined ? { minPowerW: powerW, maxPowerW: powerW } : {}),
    ...(asked.current && currentA !== undefined ? { minCurrentA: currentA, maxCurrentA: currentA } : {}),
  }
}

/** What was told, unless energy flowed all the same; else what the register says. */
function powerOf(part: Part, told: number | undefined, before: number | undefined): number | undefined {
  if (told !== undefined && (told > 0 || part.energyWh === 0)) return told
  if (part.energyWh === 0) return 0
  const ms = part.end - part.start
  if (ms < SHORT_MS && before !== undefined && before > 0) return before
  return ms === 0 ? undefined : Math.round((part.energyWh * HOUR_MS) / ms)
}

function currentOf(
  part: Part,
  told: number | undefined,
  { powerW, volts }: { readonly powerW: number | undefined; readonly volts: number | undefined },
): number | undefined {
  if (told !== undefined && (told > 0 || part.energyWh === 0)) return told
  if (part.energyWh === 0) return 0
  return powerW === undefined || volts === undefined ? undefined : Math.round((powerW * 10) / volts) / 10
}

/** Whether no limit of the tariff lies between the two. */
export function alike(a: Load, b: Load, { powerW, currentA }: Cuts): boolean {
  const same = (limits: readonly number[], one: number | undefined, other: number | undefined) =>
    limits.length === 0 ||
    ((one === undefined) === (other === undefined) &&
      limits.every((limit) => (one ?? 0) < limit === (other ?? 0) < limit))
  return same(powerW, a.minPowerW, b.minPowerW) && same(currentA, a.minCurrentA, b.minCurrentA)
}

/** The load of two stretches that are one. */
export function spread(a: Load, b: Load): Load {
  const both = (name: keyof Load, choose: (...values: number[]) => number) => {
    const values = [a[name], b[name]].filter((value) => value !== undefined)
    return values.length === 0 ? {} : { [name]: choose(...values) }
  }
  return {
    ...both('minPowerW', Math.min),
    ...both('maxPowerW', Math.max),
    ...both('minCurrentA', Math.min),
    ...both('maxCurrentA', Math.max),
  }
}
