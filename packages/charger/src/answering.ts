import type { Behaviour } from './behaviour.ts'
import type { Clock } from './clock.ts'
import type { Answer, OcppLink, Payload } from './link.ts'

export interface AnsweringParts {
  readonly link: OcppLink
  readonly clock: Clock
  readonly behaviour: () => Behaviour
}

const never = new Promise<Payload>(() => undefined)

/** Registers what the station answers, late or never where it is told to behave so. An action that is not among them is NotImplemented. */
export function answerAll(
  { link, clock, behaviour }: AnsweringParts,
  answers: Readonly<Record<string, (payload: Payload) => Payload>>,
): void {
  for (const [action, answer] of Object.entries(answers)) link.handle(action, slowly(action, answer))

  function slowly(action: string, answer: (payload: Payload) => Payload): Answer {
    return (payload) => {
      const { silentOn, answerAfterMs } = behaviour()
      if (silentOn.includes(action) || silentOn.includes('*')) return never
      if (answerAfterMs <= 0) return answer(payload)
      return new Promise((resolve, reject) => {
        clock.after(answerAfterMs, () => {
          try {
            resolve(answer(payload))
          } catch (error) {
            reject(error)
          }
        })
      })
    }
  }
}

/** The outcomes with settings of their own are silent in the same way as any other action. */
export function withSilence(
  parts: AnsweringParts,
  names: { readonly remoteStart: string; readonly remoteStop: string },
): AnsweringParts {
  return {
    ...parts,
    behaviour: () => {
      const behaviour = parts.behaviour()
      const { remoteStart, remoteStop, unlock, silentOn } = behaviour
      return {
        ...behaviour,
        silentOn: [
          ...silentOn,
          ...(remoteStart === 'silent' ? [names.remoteStart] : []),
          ...(remoteStop === 'silent' ? [names.remoteStop] : []),
          ...(unlock === 'silent' ? ['UnlockConnector'] : []),
        ],
      }
    },
  }
}
