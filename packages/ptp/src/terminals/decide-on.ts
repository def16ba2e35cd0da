/** A decision about a terminal takes a while, for it asks contracts and the CPO: it is made anew when another came in between. */
import type { Clock } from '@plugtill/engine/clock'
import { Fault } from '@plugtill/engine/fault'
import { OcpiError } from '@plugtill/ocpi/errors'
import { Refusal } from '../refusal.ts'
import { keep } from './shelf.ts'
import { OVERTAKEN, type PaymentTerminal, type TerminalDesk, type TerminalEvent } from './terminal.ts'

export interface DecideParts {
  readonly terminals: Pick<TerminalDesk, 'find' | 'apply'>
  readonly clock: Clock
}

const TRIES_MAX = 100

/** `read` says whose it is, each time; an event that is undefined leaves the terminal as it is. */
export async function decideOn(
  { terminals, clock }: DecideParts,
  read: () => Promise<PaymentTerminal>,
  decide: (found: PaymentTerminal) => Promise<TerminalEvent | undefined>,
): Promise<PaymentTerminal> {
  for (let n = 0; n < TRIES_MAX; n++) {
    const found = await read()
    const event = await decide(found)
    if (!event) return found
    const { entity, verdict } = await terminals.apply(found.id, event, {
      within: async (tx, after, said) => {
        if ('to' in said) await keep(clock, found)(tx, after)
      },
    })
    if ('refuse' in verdict) throw new OcpiError(2001, verdict.refuse)
    if (!('ignore' in verdict && verdict.ignore === OVERTAKEN)) return entity
  }
  throw new Fault('TERMINAL_BUSY', 'The terminal was changed by others each time before it could be. Send it again.')
}

export async function ourTerminal({ terminals }: DecideParts, terminalId: string): Promise<PaymentTerminal> {
  const found = await terminals.find(terminalId)
  if (!found) throw new Refusal('unknown-terminal', `No terminal "${terminalId}".`)
  return found
}
