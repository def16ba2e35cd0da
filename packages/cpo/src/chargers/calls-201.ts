/** How OCPP 2.0.1 says the orders of the CPO. (OCPP 2.0.1, part 2) */
import type { Calls } from './commands.ts'
import type { Outlet } from './events.ts'
import type { Payload } from './link.ts'

/** A site that counts connectors only has one EVSE for each: their numbers are those of the EVSEs. */
const evseOf = ({ evseId, connectorId }: Outlet) =>
  evseId === undefined ? { id: connectorId, connectorId: 1 } : { id: evseId, connectorId }

/** A connector that is not said, or 0, leaves the EVSE as a whole. */
function placeOf(outlet: Outlet): Payload {
  const { id, connectorId } = evseOf(outlet)
  return { id, ...(connectorId > 0 ? { connectorId } : {}) }
}

/** Tags are made by the central system. (OCPP 2.0.1, IdTokenEnumType) */
const tokenOf = (idTag: string) => ({ idToken: idTag, type: 'Central' })

/** `Component.Variable` as settings are named, see station-settings.ts: `SampledDataCtrlr.TxUpdatedInterval`, `EVSE@1.Power`. */
function variableOf(name: string): { readonly component: Payload; readonly variable: Payload } {
  const [component = '', variable = ''] = name.split('.', 2)
  return { component: named(component), variable: named(variable) }
}

function named(text: string): Payload {
  const [, name = text, instance, evse, connector] =
    /^(.*?)(?:\[(.*)\])?(?:@(\d{1,4})(?::(\d{1,4}))?)?$/.exec(text) ?? []
  return {
    name,
    ...(instance === undefined ? {} : { instance }),
    ...(evse === undefined
      ? {}
      : { evse: { id: Number(evse), ...(connector === undefined ? {} : { connectorId: Number(connector) }) } }),
  }
}

const firstOf = (answer: Payload, list: string) => (answer[list] as readonly Payload[] | undefined)?.[0] ?? {}

export const CALLS_201: Calls = {
  start: ({ connectorId, evseId, idTag, remoteStartId }) => ({
    action: 'RequestStartTransaction',
    payload: {
      idToken: tokenOf(idTag),
      remoteStartId: remoteStartId ?? 0,
      ...(connectorId === undefined
        ? {}
        : { evseId: evseOf({ connectorId, ...(evseId === undefined ? {} : { evseId }) }).id }),
    },
  }),
  stop: ({ transactionId }) => ({
    action: 'RequestStopTransaction',
    payload: { transactionId: String(transactionId) },
  }),
  unlock: (outlet) => {
    const { id, connectorId } = evseOf(outlet)
    return { action: 'UnlockConnector', payload: { evseId: id, connectorId } }
  },
  availability: ({ outlet, operative }) => ({
    action: 'ChangeAvailability',
    payload: {
      operationalStatus: operative ? 'Operative' : 'Inoperative',
      ...(outlet === undefined ? {} : { evse: placeOf(outlet) }),
    },
  }),
  reset: ({ hard }) => ({ action: 'Reset', payload: { type: hard ? 'Immediate' : 'OnIdle' } }),
  trigger: ({ message, outlet }) => ({
    action: 'TriggerMessage',
    payload: { requestedMessage: message, ...(outlet === undefined ? {} : { evse: placeOf(outlet) }) },
  }),
  reserve: ({ outlet, idTag, reservationId, expiresAt }) => ({
    action: 'ReserveNow',
    payload: {
      id: reservationId,
      expiryDateTime: new Date(expiresAt).toISOString(),
      idToken: tokenOf(idTag),
      evseId: evseOf(outlet).id,
    },
  }),
  cancelReservation: ({ reservationId }) => ({
    action: 'CancelReservation',
    payload: { reservationId },
  }),
  readSettings: ({ names }) => ({
    action: 'GetVariables',
    payload: { getVariableData: names.map(variableOf) },
    said: () => 'Accepted',
  }),
  readEverything: ({ requestId }) => ({
    action: 'GetBaseReport',
    payload: { requestId, reportBase: 'FullInventory' },
  }),
  writeSetting: ({ name, value }) => ({
    action: 'SetVariables',
    payload: { setVariableData: [{ attributeValue: value, ...variableOf(name) }] },
    said: (answer) => String(firstOf(answer, 'setVariableResult')['attributeStatus']),
  }),
}
