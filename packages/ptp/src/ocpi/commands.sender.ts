/** CommandResults for commands we sent. (commands › Sender; D-27) */

import { OcpiError } from '@plugtill/ocpi/errors'
import type { commands } from '@plugtill/ocpi/modules/commands'
import type { Handlers } from '@plugtill/ocpi/server'
import { commandKey, type PaymentDesk } from '../payment/desk.ts'

export interface CommandResultParts {
  readonly payments: PaymentDesk
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  /** Asks this CPO what has changed at its sites. */
  readonly refresh?: (peerId: string) => void
}

const NOT_AS_SHOWN: readonly string[] = ['EVSE_OCCUPIED', 'EVSE_INOPERATIVE']

export function commandsSender(parts: CommandResultParts): Handlers<typeof commands.sender> {
  const failedStop = () =>
    ({ type: 'stop-answered', outcome: 'refused', stopCommandId: parts.ids(), at: parts.clock.now() }) as const
  return {
    /** The id in the URL is ours, unguessable, and only good for the CPO it was given to. (T18) */
    result: async (call) => {
      const id = call.params['id'] ?? ''
      const payment = await parts.payments.find(commandKey(id))
      if (!payment || payment.peerId !== call.peer.id) {
        throw new OcpiError(
          2001,
          `No command of yours has the response_url …/${id}. Use the URL of the command unchanged.`,
          { http: 404 },
        )
      }
      call.reference(payment.id)
      const { result, message } = call.body
      if (payment.startCommandId !== id) {
        // What a charger did not obey is ordered again; that the session has ended only its Session says. (D-F09)
        if (result !== 'ACCEPTED' && payment.stop?.commandId === id)
          await parts.payments.apply(payment.id, failedStop())
        return {}
      }
      const event = {
        type: 'start-result',
        accepted: result === 'ACCEPTED',
        result,
        message: message?.[0]?.text,
        at: parts.clock.now(),
      } as const
      await parts.payments.apply(payment.id, event)
      // What we offered was not so: the next driver should not be sent there. (F23)
      if (NOT_AS_SHOWN.includes(result)) parts.refresh?.(payment.peerId)
      return {}
    },
  }
}
