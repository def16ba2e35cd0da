/** The credentials endpoint: what a partner's GET, POST, PUT and DELETE do. (B-19 to B-28) */
import { OcpiError } from './errors.ts'
import { type Desk, withGrace } from './handshake-desk.ts'
import { type Discovered, discover } from './handshake-discover.ts'
import { checkRoles, holdersOf, ownCredentials } from './handshake-roles.ts'
import { decideHandshake, type HandshakeEvent } from './handshake-states.ts'
import type { Credentials } from './modules/credentials.ts'
import { hubIn, type Peer, type TokenIn } from './peers.ts'
import type { Call, HandshakeAcceptor } from './server.ts'
import { HttpRefusal } from './server-steps.ts'
import { hashToken } from './token.ts'

export function createAcceptor(desk: Desk): HandshakeAcceptor {
  return {
    credentials: {
      get: async (call) =>
        ownCredentials(desk.parts.party, { versionsUrl: desk.versionsUrl, version: call.version, token: call.token }),
      post: async (call) =>
        exclusively(desk, call.peer.id, async (peer) => {
          const repeat = issuedTo(peer, call.token)?.kind === 'A'
          allow(peer, { type: 'post-arrived', repeat })
          return { data: await accept(desk, peer, { call, kept: repeatable(desk, peer, call.token) }) }
        }),
      put: async (call) =>
        exclusively(desk, call.peer.id, async (peer) => {
          const now = desk.parts.clock.now()
          allow(peer, { type: 'put-arrived' })
          return {
            data: await accept(desk, peer, { call, kept: withGrace(peer.tokensIn, now + desk.rotationGraceMs, now) }),
          }
        }),
      delete: async (call) =>
        exclusively(desk, call.peer.id, async (peer) => {
          allow(peer, { type: 'delete-arrived' })
          await desk.move(peer, { type: 'ended' })
        }),
    },
    timely: (peer, { method, token }) => {
      const type = ({ POST: 'post-arrived', PUT: 'put-arrived', DELETE: 'delete-arrived' } as const)[method]
      if (type !== undefined) allow(peer, { type, repeat: issuedTo(peer, token)?.kind === 'A' } as HandshakeEvent)
    },
    tokenUsed: (peer, hash) => endGrace(desk, peer, hash),
  }
}

/** The second of two simultaneous handshakes of one connection is told to come back; waiting could be for each other. */
async function exclusively<T>(desk: Desk, peerId: string, work: (peer: Peer) => Promise<T>): Promise<T> {
  const busy = () => new OcpiError(3000, 'Another handshake of this connection is under way. Try again in a minute.')
  return desk.alone(peerId, busy, async () => {
    const peer = await desk.parts.peers.get(peerId)
    if (peer === undefined) throw new Error(`Peer ${peerId} vanished during its own request.`)
    return work(peer)
  })
}

/** A message that makes no sense in this state is HTTP 405. (B-24, B-26, E-36) */
function allow(peer: Peer, event: HandshakeEvent): void {
  const verdict = decideHandshake(peer, event)
  if ('refuse' in verdict) throw new HttpRefusal(405, 2000, verdict.refuse, { allow: verdict.allow })
}

const issuedTo = (peer: Peer, token: string): TokenIn | undefined => {
  const hash = hashToken(token)
  return peer.tokensIn.find((known) => known.hash === hash)
}

/** Token A dies with its first success, unless a lost answer may be repeated. (B-23, E-39) */
function repeatable(desk: Desk, peer: Peer, token: string): readonly TokenIn[] {
  const grace = desk.parts.repeatPostGraceMs ?? 0
  const used = issuedTo(peer, token)
  if (grace <= 0 || used === undefined) return []
  const until = desk.parts.clock.now() + grace
  return [{ ...used, until: Math.min(used.until ?? until, until) }]
}

/** Checks the partner by calling it back, then registers it anew with fresh tokens. (B-21 to B-23, B-25) */
async function accept(
  desk: Desk,
  peer: Peer,
  told: { readonly call: Call<Credentials>; readonly kept: readonly TokenIn[] },
): Promise<Credentials> {
  const { body, version } = told.call
  const { parts } = desk
  if (peer.versionWanted !== undefined && peer.versionWanted !== version) {
    throw new OcpiError(
      3002,
      `This connection was agreed for version ${peer.versionWanted}. Use the credentials endpoint of that version.`,
    )
  }
  checkRoles(body.roles, peer.bound)
  await refuseTaken(desk, peer, body)
  const found = await discover(parts, {
    peerId: peer.id,
    url: body.url,
    token: body.token,
    // A partner that sends its own token raw is likely to want ours raw.
    tokenForm: peer.tokenForm ?? told.call.tokenForm,
    versions: [version],
  })
  const { text, issued } = desk.newToken('C')
  const agreed = {
    version,
    versionsUrl: body.url,
    roles: body.roles,
    endpoints: found.endpoints,
    tokenOut: body.token,
    tokenForm: found.tokenForm,
    hub: hubIn(body),
  }
  const registered = await desk.move(peer, { type: 'accepted', agreed, token: issued, kept: told.kept })
  noteMissing(desk, peer.id, found)
  await endReplaced(desk, registered)
  return ownCredentials(parts.party, { versionsUrl: desk.versionsUrl, version, token: text })
}

async function refuseTaken(desk: Desk, peer: Peer, body: Credentials): Promise<void> {
  const holders = await holdersOf(desk.parts.peers, body.roles, peer)
  if (holders.length === 0) return
  desk.note(
    peer.id,
    `Refused: connection ${holders[0]?.id} already holds one of its roles. Invite with "replaces" to allow it.`,
  )
  throw new OcpiError(
    2001,
    'One of the roles belongs to another live connection. Use that connection, or ask for an invitation that replaces it.',
  )
}

/** The half-open or old connection ends when its successor is there. (E-39, E-43) */
export async function endReplaced(desk: Desk, peer: Peer): Promise<void> {
  const old = peer.replaces === undefined ? undefined : await desk.parts.peers.get(peer.replaces)
  if (old === undefined || old.status === 'removed') return
  await desk.move(old, { type: 'ended' })
  desk.note(old.id, `Replaced by connection ${peer.id}.`)
}

/** Single missing modules are reported, not refused. (E-45) */
export function noteMissing(desk: Desk, peerId: string, { missing, version }: Discovered): void {
  if (missing.length === 0) return
  desk.note(
    peerId,
    `Version ${version} of this partner lacks ${missing.map((one) => `${one.identifier} ${one.role}`).join(', ')}.`,
  )
}

/** The first use of a new token ends every grace; tokens not yet confirmed end none. (E-37, E-39) */
function endGrace(desk: Desk, peer: Peer, hash: string): Promise<void> | undefined {
  const used = peer.tokensIn.find((token) => token.hash === hash)
  if (used === undefined || used.until !== undefined || used.pending || desk.isBusy(peer.id)) return undefined
  return peer.tokensIn.some((token) => token.until !== undefined) ? forgetGraced(desk, peer.id) : undefined
}

async function forgetGraced({ parts: { peers } }: Desk, peerId: string): Promise<void> {
  const fresh = await peers.get(peerId)
  if (fresh === undefined) return
  await peers.save({ ...fresh, tokensIn: fresh.tokensIn.filter((token) => token.until === undefined) })
}
