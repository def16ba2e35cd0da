/** What every operation at Adyen works with: the library, the notes, and the wait for a deciding message. */
import type { ReaderOf } from '../checks.ts'
import type { HttpSend } from '../http/client.ts'
import { PspError } from '../psp.ts'
import { type AdyenClient, adyenClient } from './client.ts'
import type { AdyenConfig } from './config.ts'
import type { Note, Notes } from './notes.ts'
import { type AskedAuthorize, type Folded, fold } from './payment.ts'

export interface AdyenParts {
  readonly config: AdyenConfig
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  readonly readerOf: ReaderOf
  readonly notes: Notes
  readonly send: HttpSend
  readonly ids: () => string
}

export interface Desk extends AdyenParts {
  readonly client: () => Promise<AdyenClient>
  readonly note: (note: Omit<Note, 'seq' | 'at'>) => Note | undefined
  readonly foldOf: (pspReference: string) => Folded | undefined
  /** Looks again and again until `read` finds something, for as long as an operation waits for its message. */
  readonly settle: <T>(read: () => T | undefined) => Promise<T | undefined>
  /** One call of a key at a time; who comes meanwhile gets the same answer. */
  readonly once: <T>(key: string, request: string, work: () => Promise<T>) => Promise<T>
}

const SETTLE_MS = 10_000
const POLL_MS = 250

export function createDesk(parts: AdyenParts): Desk {
  const { config, clock, notes } = parts
  const { settleMs = SETTLE_MS, pollMs = POLL_MS } = config
  const inFlight = new Map<string, { readonly request: string; readonly work: Promise<unknown> }>()
  const desk: Desk = {
    ...parts,
    client: adyenClient(config, parts.send),
    note: (note) => notes.append({ ...note, at: clock.now() }),
    foldOf: (pspReference) => {
      const found = notes.find({ pspReference })
      const key = found.find(({ kind }) => kind === 'decided')?.key
      const asked = key === undefined ? undefined : notes.find({ key }).find(({ kind }) => kind === 'asked')
      return asked && fold(found, asked.body as AskedAuthorize, clock.now())
    },
    settle: async (read) => {
      for (let look = 0; look * pollMs < settleMs; look++) {
        const found = read()
        if (found !== undefined) return found
        await new Promise<void>((done) => void clock.after(pollMs, done))
      }
      return read()
    },
    once: async <T>(key: string, request: string, work: () => Promise<T>): Promise<T> => {
      const running = inFlight.get(key)
      const before = notes.find({ key })
      const other = before.find(({ kind, body }) => kind === 'asked' && (body as AskedAuthorize).request !== request)
      if (other || (running && running.request !== request))
        throw usedBefore(key, running !== undefined || isOpen(before, desk.foldOf(other?.pspReference ?? '')))
      if (running) return running.work as Promise<T>
      const begun = work().finally(() => inFlight.delete(key))
      inFlight.set(key, { request, work: begun })
      return begun
    },
  }
  return desk
}

/** Whether nobody knows yet what became of the request that these notes of its key are about. */
function isOpen(notes: readonly Note[], folded: Folded | undefined): boolean {
  const last = notes.at(-1)
  if (last === undefined || folded === undefined) return last?.kind === 'asked'
  const isOurs = ({ key }: { readonly key: string }) => key === last.key
  return folded.lost.some(isOurs) || folded.changes.some((one) => isOurs(one) && one.outcome === 'open')
}

/** Refused is a word for what has surely not happened. Of the first request that can only be said once it is decided. */
const usedBefore = (key: string, open: boolean): PspError =>
  open
    ? new PspError(
        'unknown-outcome',
        `Key "${key}" was used for another request, which may have happened. Ask with query, or repeat that one.`,
      )
    : new PspError('refused', `Key "${key}" was used for another request. A key belongs to one request only.`)
