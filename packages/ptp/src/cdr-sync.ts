/**
 * What a lost push would have told about bills: every CPO's list of CDRs is read from where the last reading began, at
 * least every quarter of an hour. A payment looks for its own bill as well; credits, corrected bills and bills of
 * payments that are over have nobody else who looks for them. (F39, F51, F56, F59, A-15)
 */
import { Fault } from '@plugtill/engine/fault'
import { catchUpOn, nextPullMs } from '@plugtill/ocpi/catch-up'
import { OcpiError } from '@plugtill/ocpi/errors'
import { type CdrReceived, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { ownsParty, type Peer } from '@plugtill/ocpi/peers'
import { formatDateTime } from '@plugtill/ocpi/types'
import { cdrKey } from './cdr-intake.ts'
import type { Intake } from './intake.ts'
import { partyOf } from './mirror.ts'
import type { SyncParts } from './sync.ts'

export interface CdrSyncParts extends Omit<SyncParts, 'mirror' | 'onGreeted'> {
  readonly intake: Pick<Intake, 'cdr'>
}

export interface CdrSync {
  readonly start: () => void
  readonly stop: () => void
  /** Resolves when nothing is being read. */
  readonly idle: () => Promise<void>
}

/** The partner's clock differs from ours, and a bill may show later than the time it bears. (F41) */
const OVERLAP_MS = 15 * 60_000
/** Once a day, and of a partner who was never asked, the bills of so long. (F39) */
const LONG_LOOK_BACK_MS = 48 * 3_600_000

export function createCdrSync(parts: CdrSyncParts): CdrSync {
  const running = new Map<string, Promise<void>>()
  /** Told once, until it works again: a partner that is away for days is no news every quarter of an hour. */
  const failing = new Set<string>()
  const told = new Set<string>()
  let cancel: (() => void) | undefined

  const read = async (peer: Peer): Promise<void> => {
    try {
      await readBills(parts, peer, told)
      failing.delete(peer.id)
    } catch (fault) {
      if (!failing.has(peer.id)) parts.onFault(fault, peer.id)
      failing.add(peer.id)
    }
  }
  /** Side by side: one partner who does not answer keeps nobody waiting. (F71) */
  const readAll = async () => {
    for (const peer of await parts.peers.list()) {
      if (peer.status !== 'registered' || running.has(peer.id)) continue
      running.set(
        peer.id,
        read(peer).finally(() => running.delete(peer.id)),
      )
    }
  }
  const plan = (delayMs: number) => {
    cancel = parts.clock.after(delayMs, () => {
      void readAll().catch((fault) => parts.onFault(fault, ''))
      plan(nextPullMs(parts.intervalMs, parts.random))
    })
  }
  return {
    start: () => plan(0),
    stop: () => cancel?.(),
    idle: async () => {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}

async function readBills(parts: CdrSyncParts, peer: Peer, told: Set<string>): Promise<void> {
  const { client, documents, clock } = parts
  const longAgo = formatDateTime(clock.now() - LONG_LOOK_BACK_MS)
  await catchUpOn(
    documents,
    { peerId: peer.id, list: 'cdrs' },
    {
      clock,
      habits: { overlapMs: OVERLAP_MS },
      read: ({ date_from = longAgo }) => client.of(peer, cdrs, 'sender').list({ query: { date_from } }),
      keep: (cdr) => (ownsParty(peer, partyOf(cdr)) ? take(parts, { peerId: peer.id, cdr, told }) : Promise.resolve()),
    },
  )
}

interface Taken {
  readonly peerId: string
  readonly cdr: CdrReceived
  /** Bills of which it was told that they cannot be kept: they are read again and again. */
  readonly told: Set<string>
}

/** A bill that is refused stands in the journal; neither it nor one that can never be kept keeps another one waiting. (I16) */
async function take({ intake, onFault }: CdrSyncParts, { peerId, cdr, told }: Taken): Promise<void> {
  try {
    await intake.cdr(peerId, cdr)
  } catch (error) {
    if (error instanceof OcpiError) return
    if (!(error instanceof Fault) || error.retry) throw error
    const key = cdrKey({ peerId, party: partyOf(cdr), id: cdr.id })
    if (!told.has(key)) onFault(error, peerId)
    told.add(key)
  }
}
