/** A command that leaves nothing behind but its result: UNLOCK_CONNECTOR, or an answer that is known already. Pure. */
import type { Machine } from '@plugtill/engine/machine'
import type { CommandResultType } from '@plugtill/ocpi/modules/commands'
import type { AnswerTo, Place } from './session.ts'

export interface Request {
  readonly id: string
  readonly state: 'asked' | 'answered'
  readonly peerId: string
  readonly owner: string
  readonly answerTo: AnswerTo
  readonly what: { readonly do: 'unlock'; readonly place: Place } | { readonly do: 'say' }
}

export type RequestEvent =
  | { readonly type: 'requested' }
  | { readonly type: 'result-known'; readonly result: CommandResultType }
export type RequestOrder =
  | { readonly do: 'unlock' }
  | { readonly do: 'send-result'; readonly result: CommandResultType; readonly to: AnswerTo }

export const requestMachine: Machine<Request, RequestEvent, RequestOrder> = {
  name: 'request',
  initial: 'asked',
  final: ['answered'],
  states: {
    asked: {
      requested: ({ what }) => ({ to: 'asked', effects: what.do === 'unlock' ? [{ do: 'unlock' }] : [] }),
      'result-known': ({ answerTo }, { result }) => ({
        to: 'answered',
        effects: [{ do: 'send-result', result, to: answerTo }],
      }),
    },
    answered: {
      requested: () => ({ ignore: 'Asked before.' }),
      'result-known': () => ({ ignore: 'Answered before.' }),
    },
  },
}
