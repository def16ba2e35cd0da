import type { Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import type { OcppError, OcppLink, Payload } from './link.ts'

export interface PresenceParts {
  readonly link: OcppLink
  readonly clock: Clock
  readonly random: () => number
  readonly configuration: Configuration
  readonly boot: () => Payload
  /** Accepted by the central system and connected: after a boot and after every reconnect. */
  readonly onReady: () => void
  readonly onLost: () => void
}

const firstRetryMs = 1_000
const longestRetryMs = 60_000
/** When the central system names no interval. (OCPP 1.6, 4.2: the station chooses) */
const bootRetryMs = 30_000

/** Keeps the station connected, booted and heard of. */
export class Presence {
  private readonly parts: PresenceParts
  private running = false
  private away = false
  private isAccepted = false
  private failures = 0
  private stopTimer: (() => void) | undefined

  constructor(parts: PresenceParts) {
    this.parts = parts
    parts.link.onOpen(() => this.opened())
    parts.link.onClose(() => this.closed())
  }

  /** The central system accepted the boot; holds through a lost link. */
  get accepted(): boolean {
    return this.isAccepted
  }

  get ready(): boolean {
    return this.isAccepted && this.parts.link.connected
  }

  start(): void {
    if (this.running) return
    this.running = true
    this.connect()
  }

  async stop(): Promise<void> {
    this.running = false
    this.schedule(undefined)
    await this.parts.link.close()
  }

  /** Goes away for a while, as a lost mobile network does. */
  stayAway(ms: number): void {
    if (!this.running) return
    this.away = true
    this.schedule(undefined)
    void this.parts.link.close().finally(() => {
      this.away = false
      if (this.running) this.schedule(ms, () => this.connect())
    })
  }

  /** Starts again from nothing: the boot must be accepted anew. */
  reboot(ms: number): void {
    this.isAccepted = false
    this.stayAway(ms)
  }

  sendBoot(): void {
    this.schedule(undefined)
    const { link, clock, boot, configuration } = this.parts
    const sentAt = clock.now()
    link.call('BootNotification', boot()).then(
      ({ status, interval }) => {
        const seconds = typeof interval === 'number' && interval > 0 ? interval : undefined
        if (status !== 'Accepted') {
          return this.schedule(seconds ? seconds * 1_000 : bootRetryMs, () => this.sendBoot())
        }
        if (seconds) configuration.change('HeartbeatInterval', String(seconds))
        this.isAccepted = true
        this.nowReady()
      },
      (error: OcppError) => {
        // A closed link brings its own reconnect.
        if (error.kind === 'closed') return
        this.schedule(Math.max(0, sentAt + bootRetryMs - clock.now()), () => this.sendBoot())
      },
    )
  }

  sendHeartbeat(): void {
    const seconds = this.parts.configuration.number('HeartbeatInterval')
    this.schedule(seconds > 0 ? seconds * 1_000 : undefined, () => this.sendHeartbeat())
    this.parts.link.call('Heartbeat', {}).catch((error: OcppError) => {
      // Silence on a heartbeat means a dead connection that nobody closed.
      if (error.kind === 'timeout') void this.parts.link.close()
    })
  }

  private connect(): void {
    if (!this.running) return
    this.parts.link.connect().catch(() => this.reconnectLater())
  }

  private opened(): void {
    if (!this.running || this.away) return void this.parts.link.close()
    this.failures = 0
    this.schedule(undefined)
    if (this.isAccepted) this.nowReady()
    else this.sendBoot()
  }

  private nowReady(): void {
    const seconds = this.parts.configuration.number('HeartbeatInterval')
    this.schedule(seconds > 0 ? seconds * 1_000 : undefined, () => this.sendHeartbeat())
    this.parts.onReady()
  }

  private closed(): void {
    this.schedule(undefined)
    this.parts.onLost()
    if (this.running && !this.away) this.reconnectLater()
  }

  /** Doubling waits with half of each by chance, so that a fleet does not come back in one second. */
  private reconnectLater(): void {
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.failures, 10))
    this.failures += 1
    this.schedule(wait / 2 + (wait / 2) * this.parts.random(), () => this.connect())
  }

  /** One timer at a time: waiting to connect, to boot or to be heard of. */
  private schedule(ms: number | undefined, task: () => void = () => undefined): void {
    this.stopTimer?.()
    this.stopTimer = ms === undefined ? undefined : this.parts.clock.after(ms, task)
  }
}
