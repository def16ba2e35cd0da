import type { Clock } from './clock.ts'
import type { OcppError, Payload } from './link.ts'

export interface Outgoing {
  readonly action: string
  /** Asked when the message is sent, as a transaction learns its id late; undefined leaves the message out. */
  readonly make: () => Payload | undefined
  /** 'transaction' survives the link and is repeated; 'sample' too, but is given up first; 'news' is only true while connected. (OCPP 1.6, 3.7) */
  readonly importance: 'transaction' | 'sample' | 'news'
  readonly onAnswer?: (answer: Payload) => void
  readonly onGivenUp?: () => void
}

export interface OutboxParts {
  readonly clock: Clock
  readonly call: (action: string, payload: Payload) => Promise<Payload>
  /** Connected and accepted by the central system. */
  readonly ready: () => boolean
  /** (OCPP 1.6, 9.1 TransactionMessageAttempts) */
  readonly attempts: () => number
  /** (OCPP 1.6, 9.1 TransactionMessageRetryInterval) */
  readonly retryMs: () => number
}

const capacity = 5_000
const longestRetryMs = 300_000

/** What the station has to say, strictly in order: what happened while the link was down is told after it is back. */
export class Outbox {
  private readonly parts: OutboxParts
  private queue: Outgoing[] = []
  private sending = false
  private tries = 0
  private resumes = 0
  private stopWaiting: (() => void) | undefined

  constructor(parts: OutboxParts) {
    this.parts = parts
  }

  get size(): number {
    return this.queue.length
  }

  push(message: Outgoing): void {
    if (message.importance === 'news' && !this.parts.ready()) return
    this.queue.push(message)
    if (this.queue.length > capacity) this.makeRoom()
    this.pump()
  }

  /** The link is up and the station accepted. */
  resume(): void {
    this.stopWaiting?.()
    this.stopWaiting = undefined
    this.tries = 0
    this.resumes += 1
    this.pump()
  }

  /** No more repetitions; what is kept stays kept. */
  rest(): void {
    this.stopWaiting?.()
  }

  linkLost(): void {
    this.queue = this.queue.filter(({ importance }) => importance !== 'news')
  }

  private makeRoom(): void {
    const index = this.queue.findIndex(({ importance }, place) => importance === 'sample' && place > 0)
    if (index > 0) this.queue.splice(index, 1)
  }

  private pump(): void {
    const head = this.queue[0]
    if (!head || this.sending || this.stopWaiting || !this.parts.ready()) return
    const payload = head.make()
    if (!payload) {
      this.remove(head)
      this.pump()
      return
    }
    this.sending = true
    const { resumes } = this
    this.parts.call(head.action, payload).then(
      (answer) => this.answered(head, answer),
      (error: OcppError) => this.failed(head, error, { resumed: resumes !== this.resumes }),
    )
  }

  private answered(head: Outgoing, answer: Payload): void {
    this.sending = false
    this.tries = 0
    this.remove(head)
    head.onAnswer?.(answer)
    this.pump()
  }

  private failed(head: Outgoing, error: OcppError, { resumed }: { readonly resumed: boolean }): void {
    this.sending = false
    if (error.kind === 'closed') {
      if (head.importance === 'news') this.remove(head)
      // `resume` will come, unless it came while this call still hung on the old connection.
      if (resumed) this.pump()
      return
    }
    this.tries += 1
    const lasting = head.importance === 'transaction' && error.kind === 'timeout'
    if (head.importance === 'news' || (!lasting && this.tries >= this.parts.attempts())) {
      this.tries = 0
      this.remove(head)
      head.onGivenUp?.()
      this.pump()
      return
    }
    const delayMs = Math.min(longestRetryMs, this.parts.retryMs() * this.tries)
    this.stopWaiting = this.parts.clock.after(delayMs, () => {
      this.stopWaiting = undefined
      this.pump()
    })
  }

  private remove(message: Outgoing): void {
    const index = this.queue.indexOf(message)
    if (index >= 0) this.queue.splice(index, 1)
  }
}
