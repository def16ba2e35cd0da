/** Whether a charger can be had, in as few words as a row or a tile has room for. */
import type { Offer } from './link.ts'
import { say, sayKnown } from './texts.ts'

/** One that somebody has just taken is still AVAILABLE to its operator, and in use to whoever stands there. */
export function chargerState({ available, status, reason }: Offer, language: string): string {
  if (available) return say(language, 'available')
  if (reason === 'no-price') return say(language, 'no-price')
  return status === 'AVAILABLE' ? say(language, 'status-CHARGING') : sayKnown(language, 'status', status)
}
