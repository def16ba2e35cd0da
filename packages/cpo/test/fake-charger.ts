/** The charger's end of a link, played by the test: it answers commands as it is told and says what the test says. */
import type { Answer, ChargerLink, Payload } from '../src/chargers/link.ts'
import { ChargerLinkError } from '../src/chargers/link.ts'

export interface FakeCharger {
  readonly link: { -readonly [K in keyof ChargerLink]: ChargerLink[K] }
  /** Commands it got. */
  readonly got: { readonly action: string; readonly payload: Payload }[]
  /** What it answers to a command; `silent` never does. */
  answers: { [action: string]: 'Accepted' | 'Rejected' | 'silent' }
  readonly say: (action: string, payload: Payload) => Promise<Payload>
  readonly drop: () => void
}

export function fakeCharger(id: string): FakeCharger {
  const handlers = new Map<string, Answer>()
  const listeners: (() => void)[] = []
  const got: FakeCharger['got'] = []
  const charger: FakeCharger = {
    got,
    answers: {},
    link: {
      id,
      call: async (action, payload) => {
        got.push({ action, payload })
        const answer = charger.answers[action] ?? 'Accepted'
        if (answer === 'silent') throw new ChargerLinkError('timeout', 'no answer')
        return { status: answer }
      },
      handle: (action, answer) => void handlers.set(action, answer),
      close: async () => undefined,
      onClose: (listener) => void listeners.push(listener),
    },
    say: async (action, payload) => handlers.get(action)!(payload),
    drop: () => {
      for (const listener of listeners) listener()
    },
  }
  return charger
}
