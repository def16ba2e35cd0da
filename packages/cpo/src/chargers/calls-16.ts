/** How OCPP 1.6 says the orders of the CPO. (OCPP 1.6, chapter 6) */
import type { Calls } from './commands.ts'

export const CALLS_16: Calls = {
  start: ({ connectorId, idTag }) => ({
    action: 'RemoteStartTransaction',
    payload: { idTag, ...(connectorId === undefined ? {} : { connectorId }) },
  }),
  stop: ({ transactionId }) => ({
    action: 'RemoteStopTransaction',
    payload: { transactionId: Number(transactionId) },
  }),
  unlock: ({ connectorId }) => ({ action: 'UnlockConnector', payload: { connectorId } }),
  availability: ({ outlet, operative }) => ({
    action: 'ChangeAvailability',
    payload: { connectorId: outlet?.connectorId ?? 0, type: operative ? 'Operative' : 'Inoperative' },
  }),
  reset: ({ hard }) => ({ action: 'Reset', payload: { type: hard ? 'Hard' : 'Soft' } }),
  trigger: ({ message, outlet }) => ({
    action: 'TriggerMessage',
    payload: { requestedMessage: message, ...(outlet === undefined ? {} : { connectorId: outlet.connectorId }) },
  }),
  reserve: ({ outlet, idTag, reservationId, expiresAt }) => ({
    action: 'ReserveNow',
    payload: {
      connectorId: outlet.connectorId,
      expiryDate: new Date(expiresAt).toISOString(),
      idTag,
      reservationId,
    },
  }),
  cancelReservation: ({ reservationId }) => ({
    action: 'CancelReservation',
    payload: { reservationId },
  }),
  readSettings: ({ names }) => ({
    action: 'GetConfiguration',
    payload: names.length === 0 ? {} : { key: [...names] },
    said: () => 'Accepted',
  }),
  // Answered at once: there are no pages to wait for.
  readEverything: () => ({ action: 'GetConfiguration', payload: {}, said: () => 'Accepted' }),
  writeSetting: ({ name, value }) => ({ action: 'ChangeConfiguration', payload: { key: name, value } }),
}
