/** What the simulated service tells by itself: one message per booking, signed, at least once, in no promised order. */
import type { Ledger, LedgerEntry } from '../ledger.ts'
import type { Trouble } from './misbehaviours.ts'
import { SIGNATURE_HEADER, signatureOf } from './signature.ts'

export interface MessageParts {
  readonly ledger: Ledger
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  readonly secret: string
  /** Delivers one message; true when the other side took it. */
  readonly deliver: (message: { readonly body: string; readonly headers: Record<string, string> }) => Promise<boolean>
  readonly trouble: (name: Trouble) => boolean
}

export interface Messages {
  /** Sends what has been booked since the last time. */
  readonly flush: () => void
  /** Resolves when nothing is on its way. */
  readonly idle: () => Promise<void>
  readonly stop: () => void
}

/** Tries of one message, and the pause before the second; each pause is twice the one before. */
const MOST_TRIES = 12
const FIRST_PAUSE_MS = 1_000
/** After a restart the last bookings are told once more: at least once is the promise. */
const TOLD_AGAIN = 100

export function createMessages(parts: MessageParts): Messages {
  const { ledger } = parts
  let told = Math.max(0, (ledger.entries().at(-1)?.seq ?? 0) - TOLD_AGAIN)
  let held: LedgerEntry | undefined
  let stopped = false
  const onTheirWay = new Set<Promise<void>>()
  const send = (entry: LedgerEntry) => {
    const way = sendAll(parts, entry, () => stopped)
    onTheirWay.add(way)
    void way.finally(() => onTheirWay.delete(way))
  }
  return {
    flush: () => {
      if (stopped) return
      for (const entry of ledger.entries(told)) {
        told = entry.seq
        if (!worthTelling(entry) || parts.trouble('messages-lost')) continue
        if (parts.trouble('messages-reordered') && held === undefined) {
          held = entry
          continue
        }
        send(entry)
        if (held) send(held)
        held = undefined
      }
    },
    idle: async () => {
      while (onTheirWay.size > 0) await Promise.all(onTheirWay)
    },
    stop: () => {
      stopped = true
    },
  }
}

const worthTelling = ({ status, key }: LedgerEntry) =>
  status !== 'unavailable' && status !== 'pending' && (status !== 'refused' || key === '')

async function sendAll(parts: MessageParts, entry: LedgerEntry, stopped: () => boolean): Promise<void> {
  const body = JSON.stringify(messageOf(entry))
  if (parts.trouble('messages-forged')) {
    const forged = body.replace('"success":true', '"success":false')
    await parts.deliver({ body: forged, headers: headersOf({ ...parts, secret: 'somebody-else' }, forged) })
  }
  const copies = parts.trouble('messages-doubled') ? 2 : 1
  for (let copy = 0; copy < copies; copy++) await sendOne(parts, body, stopped)
}

async function sendOne(parts: MessageParts, body: string, stopped: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < MOST_TRIES && !stopped(); attempt++) {
    if (await parts.deliver({ body, headers: headersOf(parts, body) }).catch(() => false)) return
    await new Promise<void>((done) => void parts.clock.after(FIRST_PAUSE_MS * 2 ** attempt, done))
  }
}

const headersOf = ({ secret, clock }: Pick<MessageParts, 'secret' | 'clock'>, body: string) => ({
  'content-type': 'application/json',
  [SIGNATURE_HEADER]: signatureOf(secret, body, clock.now()),
})

export interface ServiceMessage {
  readonly id: string
  readonly type: LedgerEntry['operation']
  readonly success: boolean
  readonly reference: string
  readonly pspReference: string
  readonly at: number
}

function messageOf({ seq, operation, status, reference, pspReference, at }: LedgerEntry): ServiceMessage {
  const success = status === 'approved' || status === 'done'
  return { id: `ev-${seq}`, type: operation, success, reference, pspReference, at }
}
