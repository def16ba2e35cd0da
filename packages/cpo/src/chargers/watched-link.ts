/** A charger's link that tells of every message on it. */
import type { ChargerLink, Payload } from './link.ts'

/** One CALL and what came back. */
export interface ChargerMessage {
  readonly at: number
  readonly chargerId: string
  /** `in`: the charger asked. */
  readonly direction: 'in' | 'out'
  readonly action: string
  readonly request: Payload
  readonly response: Payload | null
  /** Code and words of the CALLERROR, or why there was no answer. */
  readonly error: string | null
  readonly durationMs: number
}

export interface Listening {
  readonly clock: { readonly now: () => number }
  readonly onMessage: (message: ChargerMessage) => void
}

export function watchedLink(link: ChargerLink, { clock, onMessage }: Listening): ChargerLink {
  const told = async (
    asked: Pick<ChargerMessage, 'direction' | 'action' | 'request'>,
    answer: () => Payload | Promise<Payload>,
  ): Promise<Payload> => {
    const at = clock.now()
    const tell = (outcome: Pick<ChargerMessage, 'response' | 'error'>) =>
      onMessage({ at, chargerId: link.id, ...asked, ...outcome, durationMs: clock.now() - at })
    try {
      const response = await answer()
      tell({ response, error: null })
      return response
    } catch (error) {
      const { code, message } = (error ?? {}) as { readonly code?: string; readonly message?: string }
      tell({ response: null, error: [code, message].filter(Boolean).join(': ') || String(error) })
      throw error
    }
  }
  return {
    id: link.id,
    ...(link.protocol === undefined ? {} : { protocol: link.protocol }),
    call: (action, request, options) =>
      told({ direction: 'out', action, request }, () => link.call(action, request, options)),
    handle: (action, answer) =>
      link.handle(action, (request) => told({ direction: 'in', action, request }, () => answer(request))),
    close: link.close,
    onClose: link.onClose,
  }
}
