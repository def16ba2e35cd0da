/** What both directions of the handshake share: moving a connection through the table and keeping it. */
import { Fault } from './errors.ts'
import type { HandshakeParts } from './handshake.ts'
import { decideHandshake, type HandshakeEvent, type HandshakeVerdict } from './handshake-states.ts'
import type { Peer, TokenIn, VersionNumber } from './peers.ts'
import { hashToken, shapeToken } from './token.ts'
import { SPOKEN } from './versions/codec.ts'

export interface Desk {
  readonly parts: HandshakeParts
  readonly versionsUrl: string
  readonly versions: readonly VersionNumber[]
  readonly rotationGraceMs: number
  readonly newToken: (kind: TokenIn['kind']) => { readonly text: string; readonly issued: TokenIn }
  /** Applies an event and keeps the result; a refusal is a Fault. */
  readonly move: (peer: Peer, event: HandshakeEvent) => Promise<Peer>
  /** One handshake at a time for a connection; a second one is turned away with `busy`. */
  readonly alone: <T>(peerId: string, busy: () => Error, work: () => Promise<T>) => Promise<T>
  readonly isBusy: (peerId: string) => boolean
  readonly note: (peerId: string, text: string) => void
}

const ROTATION_GRACE_MS = 60_000

export function createDesk(parts: HandshakeParts): Desk {
  const busyPeers = new Set<string>()
  return {
    parts,
    versionsUrl: `${parts.baseUrl.replace(/\/$/, '')}/versions`,
    versions: parts.versions ?? SPOKEN,
    rotationGraceMs: parts.rotationGraceMs ?? ROTATION_GRACE_MS,
    newToken: (kind) => {
      const text = shapeToken(kind, parts.randomToken())
      return { text, issued: { hash: hashToken(text), kind } }
    },
    move: async (peer, event) => {
      const settles = event.type === 'accepted' || event.type === 'answered' || event.type === 'ended'
      const moved = applied(peer, decideHandshake(peer, event), settles ? parts.clock.now() : peer.updatedAt)
      await parts.peers.save(moved)
      if (settles) parts.onChange?.(moved)
      return moved
    },
    alone: async (peerId, busy, work) => {
      if (busyPeers.has(peerId)) throw busy()
      busyPeers.add(peerId)
      try {
        return await work()
      } finally {
        busyPeers.delete(peerId)
      }
    },
    isBusy: (peerId) => busyPeers.has(peerId),
    note: (peerId, text) => parts.onNote?.({ peerId, text }),
  }
}

function applied(peer: Peer, verdict: HandshakeVerdict, updatedAt: number): Peer {
  if ('refuse' in verdict) throw new Fault('HANDSHAKE_REFUSED', `Peer ${peer.id} is ${peer.status}. ${verdict.refuse}`)
  return { ...peer, ...verdict.set, status: verdict.to, updatedAt }
}

/** Tokens that go on working for a while beside a new one, until that is first used. (E-37) */
export function withGrace(tokens: readonly TokenIn[], until: number, now: number): readonly TokenIn[] {
  return tokens
    .map(({ hash, kind, until: ends = until }) => ({ hash, kind, until: Math.min(ends, until) }))
    .filter((token) => token.until > now && token.kind !== 'A')
    .slice(-3)
}
