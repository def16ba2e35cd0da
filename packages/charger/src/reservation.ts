import type { Clock } from './clock.ts'

export interface Reservation {
  readonly id: number
  readonly idTag: string
  readonly expiresAt: number
}

/** Timers longer than this fire at once in some runtimes. */
const longestMs = 2_000_000_000

/** At most one reservation of a connector, until it is used, ended or over. (OCPP 1.6, 5.13 ReserveNow) */
export class Reservations {
  private readonly clock: Clock
  private readonly onExpired: (id: number) => void
  private kept: Reservation | undefined
  private stopTimer: (() => void) | undefined

  constructor(clock: Clock, onExpired: (id: number) => void) {
    this.clock = clock
    this.onExpired = onExpired
  }

  get current(): Reservation | undefined {
    return this.kept
  }

  isFor(idTag: string): boolean {
    return this.kept === undefined || this.kept.idTag.toLowerCase() === idTag.toLowerCase()
  }

  take(reservation: Reservation): void {
    this.use()
    this.kept = reservation
    const ms = Math.min(longestMs, Math.max(0, reservation.expiresAt - this.clock.now()))
    this.stopTimer = this.clock.after(ms, () => {
      this.kept = undefined
      this.onExpired(reservation.id)
    })
  }

  /** Whoever reserved is here, or does not want it any more. */
  use(): void {
    this.rest()
    this.kept = undefined
  }

  rest(): void {
    this.stopTimer?.()
  }
}
