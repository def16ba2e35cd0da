import type { CardBehaviour } from '../cards.ts'

/** What goes wrong on the way: answers, keys and messages. */
export type Trouble =
  | 'requests-lost'
  | 'answers-lost'
  | 'always-in-flight'
  | 'keys-pruned'
  | 'messages-doubled'
  | 'messages-reordered'
  | 'messages-lost'
  | 'messages-forged'

export interface Misbehaviour {
  readonly name: string
  readonly about: string
  /** With every card. */
  readonly behaviour?: CardBehaviour
  readonly trouble?: Trouble
}

/** Everything the simulated service can do wrong on purpose, each switched by its name. */
export const misbehaviours: readonly Misbehaviour[] = [
  card('declines', { authorize: 'declined' }, 'Every card is declined.'),
  card('pin-needed', { authorize: 'pin-needed' }, 'Every issuer wants the PIN.'),
  card('partial-approvals', { authorize: 'half' }, 'Half of every amount is approved.'),
  card('away', { authorize: 'unavailable' }, 'No authorization is possible: 503.'),
  card('holds-expire', { holdWindowMs: 180_000 }, 'Every hold runs out after three minutes.'),
  card('increments-declined', { increment: 'declined' }, 'No hold is ever raised.'),
  card('captures-refused', { capture: 'refused' }, 'Every capture is refused.'),
  card('captures-later', { capture: 'later' }, 'Captures are accepted and done later.'),
  card('captures-later-refused', { capture: 'later-refused' }, 'Captures are accepted and refused later.'),
  card('captures-fail-afterwards', { capture: 'failed-afterwards' }, 'Captures are done and taken back.'),
  card('captures-twice', { capture: 'twice' }, 'Every capture happens two times.'),
  card('voids-refused', { void: 'refused' }, 'No hold can be given back.'),
  on('requests-lost', 'Requests that move money get lost: no effect, no answer.'),
  on('answers-lost', 'Requests that move money have their effect, and no answer.'),
  on('always-in-flight', 'Every request is answered 409 with code 704 the first time.'),
  on('keys-pruned', 'Idempotency keys are forgotten at once: the same request runs again.'),
  on('messages-doubled', 'Every message is sent two times.'),
  on('messages-reordered', 'Every second message overtakes the one before.'),
  on('messages-lost', 'No message is sent.'),
  on('messages-forged', 'Before every message comes one with a wrong signature.'),
]

export function misbehaviourOf(name: string): Misbehaviour | undefined {
  return misbehaviours.find((one) => one.name === name)
}

function card(name: string, behaviour: CardBehaviour, about: string): Misbehaviour {
  return { name, about, behaviour }
}

function on(trouble: Trouble, about: string): Misbehaviour {
  return { name: trouble, about, trouble }
}
