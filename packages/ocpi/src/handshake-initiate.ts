/** The handshake as we start it: register, renew, unregister. (B-13 to B-18, B-25, B-27) */
import { type Answer, ask, PeerRefused } from './ask.ts'
import { Fault, OcpiError } from './errors.ts'
import type { Handshake } from './handshake.ts'
import { endReplaced, noteMissing } from './handshake-accept.ts'
import { type Desk, withGrace } from './handshake-desk.ts'
import { type Discovered, discover, type Partner } from './handshake-discover.ts'
import { checkRoles, holdersOf, ownCredentials } from './handshake-roles.ts'
import { Credentials } from './modules/credentials.ts'
import { hubIn, type Peer, type TokenIn, type VersionNumber } from './peers.ts'
import { explain } from './validate.ts'
import { codecOf } from './versions/negotiate.ts'

/** Starts the handshake with token A of the partner. (B-13 to B-18) */
export async function register(desk: Desk, invitation: Parameters<Handshake['register']>[0]): Promise<Peer> {
  const started = await startOf(desk, invitation)
  return desk.alone(started.id, underWay(started.id), async () => {
    const { tokenForm, id: peerId } = started
    const partner = {
      peerId,
      url: invitation.versionsUrl,
      token: invitation.token,
      tokenForm,
      versions: wanted(desk, invitation.version),
    }
    const found = await look(desk, partner)
    const offered = desk.newToken('B')
    const posted = await desk.move(started, { type: 'offered', token: offered.issued })
    const data = await hand(desk, { method: 'POST', peer: posted, partner, found, offered })
    const replaced = await replaceable(desk, posted, { data, found, partner })
    const agreed = agreedOf(data, found)
    const registered = await desk.move(
      { ...posted, replaces: replaced },
      { type: 'answered', agreed, token: offered.issued, kept: [] },
    )
    await endReplaced(desk, registered)
    return registered
  })
}

/**
 * Renews tokens, endpoints and roles by PUT, moving to the highest version both speak; with a partner that keeps to the
 * present version only the rest is renewed. (B-25, B-29, E-37, E-44)
 */
export async function rotate(desk: Desk, peerId: string, version?: VersionNumber): Promise<Peer> {
  const { version: present } = await known(desk, peerId)
  try {
    return await renew(desk, peerId, { version })
  } catch (error) {
    const kept = error instanceof PeerRefused && error.statusCode === 3002 && version === undefined
    if (!kept || present === undefined) throw error
    return renew(desk, peerId, { present })
  }
}

/** `version` is the operator's word and holds from now on; `present` is for this once. */
function renew(
  desk: Desk,
  peerId: string,
  { version, present }: { readonly version?: VersionNumber; readonly present?: VersionNumber },
): Promise<Peer> {
  return desk.alone(peerId, underWay(peerId), async () => {
    const peer = await known(desk, peerId)
    const versionWanted = version ?? peer.versionWanted
    const { versionsUrl, tokenOut: token, tokenForm } = peer
    if (peer.status !== 'registered' || versionsUrl === undefined || token === undefined) {
      throw new Fault(
        'PEER_NOT_REGISTERED',
        `Peer ${peerId} is ${peer.status}. Only a registered connection can be renewed.`,
      )
    }
    const versions = wanted(desk, present ?? versionWanted)
    const partner = { peerId, url: versionsUrl, token, tokenForm, versions }
    const found = await look(desk, partner)
    // The kind says who started the handshake, and that does not change.
    const offered = desk.newToken(peer.tokensIn.at(-1)?.kind === 'C' ? 'C' : 'B')
    const put = await desk.move(peer, { type: 'offered', token: offered.issued })
    const data = await hand(desk, { method: 'PUT', peer: put, partner, found, offered })
    const now = desk.parts.clock.now()
    const moved = { ...put, versionWanted }
    return desk.move(moved, {
      type: 'answered',
      agreed: agreedOf(data, found),
      token: offered.issued,
      kept: withGrace(peer.tokensIn, now + desk.rotationGraceMs, now),
    })
  })
}

/** Tells the partner by DELETE and forgets the tokens here, whatever the partner says. (B-27, E-47) */
export async function unregister(desk: Desk, peerId: string): Promise<Peer> {
  return desk.alone(peerId, underWay(peerId), async () => {
    const peer = await known(desk, peerId)
    const url = peer.endpoints.find((entry) => entry.identifier.toLowerCase() === 'credentials')?.url
    if (peer.status === 'registered' && url !== undefined && peer.tokenOut !== undefined) {
      try {
        await ask(desk.parts, {
          peerId,
          token: peer.tokenOut,
          tokenForm: peer.tokenForm,
          method: 'DELETE',
          url,
          module: 'credentials',
          endpoint: 'delete',
        })
      } catch (error) {
        desk.note(peerId, `Unregistered here, but the partner did not confirm: ${(error as Error).message}`)
      }
    }
    return desk.move(peer, { type: 'ended' })
  })
}

export const underWay = (peerId: string) => () =>
  new Fault('HANDSHAKE_BUSY', `A handshake with peer ${peerId} is under way. Try again in a minute.`, { retry: true })

const wanted = (desk: Desk, version: Peer['version']) => (version === undefined ? desk.versions : [version])

export async function known(desk: Desk, peerId: string): Promise<Peer> {
  const peer = await desk.parts.peers.get(peerId)
  if (peer === undefined) throw new Fault('PEER_UNKNOWN', `There is no peer ${peerId}.`)
  return peer
}

/** An attempt that failed before is taken up again, so failures leave one record and not many. (B-18) */
async function startOf(desk: Desk, invitation: Parameters<Handshake['register']>[0]): Promise<Peer> {
  const { versionsUrl, version: versionWanted, without, tokenForm } = invitation
  const earlier = (await desk.parts.peers.list()).find(
    (peer) => peer.status === 'registering' && peer.versionsUrl === versionsUrl,
  )
  const peer: Peer = {
    id: earlier?.id ?? desk.parts.ids(),
    status: 'registering',
    versionsUrl,
    versionWanted,
    without,
    tokenForm,
    roles: [],
    endpoints: [],
    tokensIn: earlier?.tokensIn ?? [],
    updatedAt: desk.parts.clock.now(),
  }
  await desk.parts.peers.save(peer)
  return peer
}

/** Looks at the partner first; when something needed is missing nothing is sent. (B-14) */
async function look(desk: Desk, partner: Partner): Promise<Discovered> {
  try {
    const found = await discover(desk.parts, partner)
    credentialsUrl(found)
    noteMissing(desk, partner.peerId, found)
    return found
  } catch (error) {
    if (!(error instanceof OcpiError)) throw error
    const code = { 3002: 'PEER_NO_COMMON_VERSION', 3003: 'PEER_LACKS_MODULE' }[error.statusCode] ?? 'PEER_UNUSABLE'
    throw new Fault(code, error.message, { cause: error })
  }
}

interface Handing {
  readonly method: 'POST' | 'PUT'
  readonly peer: Peer
  readonly partner: Partner
  readonly found: Discovered
  readonly offered: { readonly text: string; readonly issued: TokenIn }
}

/** POSTs or PUTs our credentials and gives the partner's; the token we offered is dropped again after a no. (B-15 to B-18) */
async function hand(desk: Desk, handing: Handing): Promise<Credentials> {
  const { method, peer, offered } = handing
  try {
    const { data } = await askCredentials(desk, handing)
    const read = codecOf(handing.found.version).read(Credentials, data)
    if ('findings' in read) {
      throw new Fault('PEER_GARBLED', `The partner's credentials are not usable: ${explain(read.findings)}`)
    }
    const credentials = read.value as Credentials
    checkRoles(credentials.roles, undefined)
    return credentials
  } catch (error) {
    const refused =
      error instanceof PeerRefused ||
      error instanceof OcpiError ||
      (error instanceof Fault && error.code === 'PEER_UNREACHABLE')
    await desk.move(peer, { type: refused ? 'turned-down' : 'left-open', token: offered.issued })
    if (refused || !(error instanceof Fault)) throw error
    const advice =
      method === 'POST'
        ? 'The partner may think it is registered: ask it for a new token A and register again.'
        : 'The partner may use the new token already; both are accepted. Renew again at once.'
    desk.note(peer.id, `The answer to our ${method} of credentials was lost or unreadable. ${advice}`)
    throw new Fault('HANDSHAKE_ANSWER_LOST', `${error.message} ${advice}`, { cause: error, retry: method === 'PUT' })
  }
}

function credentialsUrl({ endpoints, version }: Discovered): string {
  const url = endpoints.find((entry) => entry.identifier.toLowerCase() === 'credentials')?.url
  if (url === undefined)
    throw new Fault('PEER_LACKS_MODULE', `Version ${version} of the partner lists no credentials endpoint.`)
  return url
}

async function askCredentials(desk: Desk, { method, partner, found, offered }: Handing): Promise<Answer<unknown>> {
  const url = credentialsUrl(found)
  const body = ownCredentials(desk.parts.party, {
    versionsUrl: desk.versionsUrl,
    version: found.version,
    token: offered.text,
  })
  const { peerId, token } = partner
  const { tokenForm } = found
  const put = () =>
    ask(desk.parts, {
      peerId,
      token,
      tokenForm,
      method,
      url,
      body: JSON.stringify(body),
      module: 'credentials',
      endpoint: method.toLowerCase(),
    })
  try {
    return await put()
  } catch (error) {
    // A lost PUT can be repeated while the old token is still in its grace; a lost POST cannot. (E-37, E-39)
    if (method === 'PUT' && error instanceof Fault && error.code === 'PEER_SILENT') return put()
    throw error
  }
}

const agreedOf = (data: Credentials, { version, endpoints, tokenForm }: Discovered) => ({
  version,
  versionsUrl: data.url,
  roles: data.roles,
  endpoints,
  tokenOut: data.token,
  tokenForm,
  hub: hubIn(data),
})

/**
 * The older connection with this partner that the new one replaces. Roles held by somebody else are not taken away
 * on a stranger's word: the fresh registration is withdrawn. (E-43, T13)
 */
async function replaceable(
  desk: Desk,
  peer: Peer,
  told: { readonly data: Credentials; readonly found: Discovered; readonly partner: Partner },
): Promise<string | undefined> {
  const holders = await holdersOf(desk.parts.peers, told.data.roles, peer)
  const origin = new URL(told.partner.url).origin
  const stranger = holders.find(
    (holder) => holder.versionsUrl === undefined || new URL(holder.versionsUrl).origin !== origin,
  )
  if (stranger === undefined) return holders[0]?.id
  await ask(desk.parts, {
    peerId: peer.id,
    token: told.data.token,
    tokenForm: told.found.tokenForm,
    method: 'DELETE',
    url: credentialsUrl(told.found),
    module: 'credentials',
    endpoint: 'delete',
  }).catch(() => undefined)
  await desk.move(peer, { type: 'ended' })
  throw new Fault(
    'PEER_ROLE_TAKEN',
    `The partner claims a role of connection ${stranger.id}. The registration was withdrawn; remove that connection first if the claim is right.`,
  )
}
