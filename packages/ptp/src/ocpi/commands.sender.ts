/** CommandResults for commands we sent. (commands › Sender; D-27) */

import { OcpiError } from '@plugtill/ocpi/errors'
import type { commands } from '@plugtill/ocpi/modules/commands'
import type { Handlers } from '@plugtill/ocpi/server'
import { commandKey, type PaymentDesk } from '../payment/desk.ts'

export interface CommandResultParts {
  readonly payments: PaymentDesk
  readonly clock: { readonly now: () => number }
}

export function commandsSender(parts: CommandResultParts): Handlers<typeof commands.sender> {
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
      // The result of STOP_SESSION says what the charger answered; that the session has ended only its Session says.
      if (payment.startCommandId !== id) return {}
      const { result, message } = call.body
      const event = {
        type: 'start-result',
        accepted: result === 'ACCEPTED',
        result,
        message: message?.[0]?.text,
        at: parts.clock.now(),
      } as const
      await parts.payments.apply(payment.id, event)
      return {}
    },
  }
}
