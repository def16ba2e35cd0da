/** One call of one row: the partner's record is read at send time, the answer is held against the table. */
import type { TSchema } from 'typebox'
import { type Answer, ask, PeerRefused, type Question } from './ask.ts'
import type { CallOptions, ClientParts, Reading } from './client.ts'
import { routingTo } from './client-routing.ts'
import { Fault } from './errors.ts'
import type { Endpoint, InterfaceRole, Module } from './module.ts'
import { endpointFor, urlOf } from './peer-url.ts'
import { agreedWith, type Peer, type VersionNumber } from './peers.ts'
import { explain, validatorOf } from './validate.ts'
import { lostInVersion } from './versions/losses.ts'
import { codecOf } from './versions/negotiate.ts'

export interface Place {
  readonly peerId: string
  readonly module: Module
  readonly role: InterfaceRole
  readonly name: string
  readonly row: Endpoint
}

type Asked = Pick<Question, 'method' | 'url' | 'body' | 'routing'>

/**
 * Asks with the partner's present token. On HTTP 401 the record is read once more and, when the token has been
 * renewed meanwhile, the call is repeated once. (F24)
 */
export async function askPeer(
  parts: ClientParts,
  place: { readonly peerId: string; readonly module: string; readonly name: string },
  asked: (peer: Peer) => Asked,
  options: CallOptions = {},
): Promise<Answer<unknown> & { readonly version: VersionNumber }> {
  const once = async (peer: Peer & { tokenOut: string }) => {
    const answer = await ask(parts, {
      ...asked(peer),
      peerId: peer.id,
      token: peer.tokenOut,
      tokenForm: peer.tokenForm,
      module: place.module,
      endpoint: place.name,
      correlationId: options.correlationId,
      reference: options.reference,
      timeoutMs: options.timeoutMs,
      notAfter: options.notAfter,
    })
    return { ...answer, version: versionOf(peer) }
  }
  const peer = await livePeer(parts, place.peerId)
  try {
    return await once(peer)
  } catch (error) {
    if (!(error instanceof PeerRefused) || error.http !== 401) throw error
    const again = await livePeer(parts, place.peerId)
    if (again.tokenOut === peer.tokenOut) throw error
    return once(again)
  }
}

export const versionOf = (peer: Peer): VersionNumber => peer.version ?? '2.3.0'

async function livePeer(parts: ClientParts, peerId: string): Promise<Peer & { tokenOut: string }> {
  const peer = await parts.peers.get(peerId)
  if (peer?.status !== 'registered' || peer.tokenOut === undefined) {
    throw new Fault('PEER_NOT_REGISTERED', `Peer ${peerId} is ${peer?.status ?? 'unknown'}. Register it first.`)
  }
  return { ...peer, tokenOut: peer.tokenOut }
}

/** Calls a row that is not a list. */
export async function callRow(
  parts: ClientParts,
  place: Place,
  input: Reading & { readonly body?: unknown } = {},
  options: CallOptions = {},
): Promise<Answer<unknown>> {
  const { module, row, role, name, peerId } = place
  const answer = await askPeer(
    parts,
    { peerId, module: module.id, name },
    (peer) => ({
      method: row.method,
      url: urlOf(endpointFor(peer, module, role, row.path), row.path, input),
      body:
        row.body === undefined
          ? undefined
          : bodyText(parts, row.body, { body: input.body, place: { module: module.id, name }, peer }),
      routing: module.routed ? routingTo({ party: parts.party, module, method: row.method }, peer, options) : undefined,
    }),
    options,
  )
  // Where the text leaves `data` open anything is accepted.
  if (row.data === undefined) return answer
  const read = codecOf(answer.version).read(row.data, answer.data)
  if ('value' in read) return { ...answer, data: read.value }
  throw new Fault(
    'PEER_GARBLED',
    `${module.id} ${name} of peer ${peerId} answered data of another shape: ${explain(read.findings)}`,
  )
}

interface Spoken {
  readonly body: unknown
  readonly place: { readonly module: string; readonly name: string }
  readonly peer: Peer
}

/**
 * Body as JSON text in the partner's version. What we send is held against the table too: our own mistake must not
 * leave the house. A body that the text leaves out where there is none is left out.
 */
export function bodyText(
  parts: Pick<ClientParts, 'onLoss'>,
  schema: TSchema,
  { body, place, peer }: Spoken,
): string | undefined {
  const none = body === null || body === undefined
  if (none && validatorOf(schema).check(null)) return undefined
  if (!validatorOf(schema).check(body)) {
    const why = explain(validatorOf(schema).findings(body))
    throw new Fault(
      'BAD_REQUEST_BODY',
      `The body for ${place.module} ${place.name} has not the shape of the table: ${why}`,
    )
  }
  const version = versionOf(peer)
  const { value, losses } = codecOf(version).write(schema, body, agreedWith(peer))
  const lost = () => lostInVersion({ ...place, version }, { value: body, losses, whole: value === undefined })
  if (value === undefined) throw lost()
  if (losses.length > 0) parts.onLoss?.({ peerId: peer.id, ...place, fault: lost() })
  return JSON.stringify(value)
}

export const foreignUrl = (peerId: string, url: string): Fault =>
  new Fault(
    'PEER_FOREIGN_URL',
    `Peer ${peerId} named ${url}, which is of none of its origins. Nothing was sent there; add the origin to the peer if it is right.`,
  )
