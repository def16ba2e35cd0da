import type { Desk } from '@plugtill/engine/engine'
import { type CommandResponse, commands, type StartSession } from '@plugtill/ocpi/modules/commands'
import { ownsParty } from '@plugtill/ocpi/peers'
import { type Call, type Mounted, mount, type WriteAnswer } from '@plugtill/ocpi/server'
import { fingerprintOf } from '../charging/command.ts'
import { ownerOf, referenceKey } from '../partners.ts'
import type { createSerial } from '../serial.ts'
import type { SiteView } from '../sites/view.ts'
import type { Order, OrderEvent } from './order.ts'
import { sessionKey } from './order-kind.ts'

export interface OrdersReceiverParts {
  readonly orders: Desk<Order, OrderEvent>
  readonly sites: Pick<SiteView, 'location'>
  readonly serial: ReturnType<typeof createSerial>
  readonly ids: () => string
  /** `timeout` of the CommandResponse in seconds. (C-303) */
  readonly timeoutS: number
}

type Reply = WriteAnswer<CommandResponse>

/** START_SESSION and STOP_SESSION for somebody else's charging system: what a payment terminal needs. (commands › Receiver) */
export function ordersReceiver(parts: OrdersReceiverParts): Mounted {
  const timeout = parts.timeoutS
  const accepted: Reply = { data: { result: 'ACCEPTED', timeout } }
  const notSupported = async (): Promise<Reply> => ({ data: { result: 'NOT_SUPPORTED', timeout } })
  return mount(commands, 'receiver', {
    startSession: (call) => parts.serial('start-session', () => start(parts, call)),
    stopSession: async ({ body, peer, correlationId, reference }) => {
      const order = await parts.orders.find(sessionKey(body.session_id))
      if (order === undefined || order.owner !== ownerOf(peer)) return { data: { result: 'UNKNOWN_SESSION', timeout } }
      if (order.reference !== undefined) reference(order.reference)
      await parts.orders.apply(order.id, { type: 'stop-asked', to: { responseUrl: body.response_url, correlationId } })
      return accepted
    },
    reserveNow: notSupported,
    cancelReservation: notSupported,
    unlockConnector: notSupported,
  })
}

async function start(parts: OrdersReceiverParts, call: Call<StartSession>): Promise<Reply> {
  const { body, peer, correlationId } = call
  const timeout = parts.timeoutS
  const no = (text: string): Reply => ({ data: { result: 'REJECTED', timeout, message: [{ language: 'en', text }] } })
  const { country_code, party_id, uid, type, contract_id } = body.token
  if (!ownsParty(peer, { countryCode: country_code, partyId: party_id }))
    return no(`The token belongs to ${country_code}-${party_id}, for which you do not speak. Send a token of your own.`)
  if ((await parts.sites.location(body.location_id)) === undefined) {
    const text = `Location "${body.location_id}" is not one of ours.`
    return { ...no(text), statusCode: 2003, statusMessage: text }
  }
  const owner = ownerOf(peer)
  const reference = body.authorization_reference
  const to = { responseUrl: body.response_url, correlationId }
  const before = reference == null ? undefined : await parts.orders.find(referenceKey(owner, reference))
  if (before !== undefined && before.fingerprint !== fingerprintOf(body))
    return no(`authorization_reference "${reference}" belongs to another START_SESSION. Use each value once.`)
  if (reference != null) call.reference(reference)
  if (before !== undefined) await parts.orders.apply(before.id, { type: 'asked-again', to })
  else {
    const id = parts.ids()
    const order: Order = {
      id,
      state: 'asked',
      peerId: peer.id,
      owner,
      ...(reference == null ? {} : { reference }),
      fingerprint: fingerprintOf(body),
      start: {
        id,
        token: { country_code, party_id, uid, type, contract_id },
        locationId: body.location_id,
        ...(body.evse_uid == null ? {} : { evseUid: body.evse_uid }),
        ...(body.connector_id == null ? {} : { connectorId: body.connector_id }),
      },
      to,
      cdrs: [],
    }
    await parts.orders.create(order, { type: 'asked' })
  }
  return { data: { result: 'ACCEPTED', timeout } }
}
