import type { DialectParts } from './dialect-parts.ts'

export interface AlignedData {
  start(): void
  rest(): void
}

/** Readings of every connector at round times of the clock. (OCPP 1.6, 9.1 ClockAlignedDataInterval; 2.0.1, J01) */
export function alignedData({ clock, configuration, connectors }: DialectParts): AlignedData {
  let stopTimer: () => void = () => undefined
  /** How soon a changed interval is noticed when there was none. */
  const lookMs = 60_000
  const next = () => {
    const intervalMs = configuration.number('ClockAlignedDataInterval') * 1_000
    const wait = intervalMs > 0 ? intervalMs - (clock.now() % intervalMs) : lookMs
    stopTimer = clock.after(wait, () => {
      if (intervalMs > 0) for (const connector of connectors()) connector.sendMeterValues('Sample.Clock')
      next()
    })
  }
  return { start: next, rest: () => stopTimer() }
}
