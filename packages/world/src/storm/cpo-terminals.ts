/** What the scripted CPO asks about terminals: where they sell, and that one sells again. */
import type { Clock } from '@plugtill/engine/clock'
import type { Tell } from './cpo-charging.ts'
import type { Names } from './cpo-names.ts'
import { iso } from './cpo-objects.ts'

export interface CpoTerminals {
  /** The first terminals announced to it are given its location. */
  readonly assign: (terminalId: string, more?: object) => Promise<number | undefined>
  /** One that was switched off sells again what it sold. (C-703) */
  readonly activate: (reference: string) => Promise<number | undefined>
}

export function terminalsOf(
  { clock, names }: { readonly clock: Pick<Clock, 'now'>; readonly names: Names },
  tell: Tell,
): CpoTerminals {
  const whole = (more: object) =>
    JSON.stringify({ location_ids: [names.again(names.location)], ...more, last_updated: iso(clock.now()) })
  return {
    assign: (terminalId, more = {}) => {
      const path = `/sender/payments/terminals/${terminalId}`
      return tell(`terminal ${terminalId}`, { method: 'PATCH', path, body: whole(more) })
    },
    activate: (reference) => {
      const path = '/sender/payments/terminals/activate'
      return tell(`activate ${reference}`, { method: 'POST', path, body: whole({ reference }) })
    },
  }
}
