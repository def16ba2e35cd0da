/** The terminals of the judge's PTP, as the CPO reads and changes them. (payments › Sender; C-701 to C-705) */
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge, TERMINAL_MERGE } from '@plugtill/ocpi/merge'
import {
  type FinancialAdviceConfirmation,
  payments,
  type Terminal,
  type TerminalActivation,
  type TerminalChange,
} from '@plugtill/ocpi/modules/payments'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import type { Shelf } from './lean-shelf.ts'

export interface TerminalsParts {
  readonly terminals: Shelf<Terminal>
  readonly advices: Shelf<FinancialAdviceConfirmation>
  readonly now: () => number
  /** Which of these ids the CPO does not offer; asks it once more before it says so. (E-29) */
  readonly unknown: (ids: readonly string[]) => Promise<readonly string[]>
  /** A device without terminal, waiting for its activation: the terminal it becomes. */
  readonly waiting: (reference: string) => Terminal | undefined
  /** Makes the terminal known to the CPO. */
  readonly announce: (terminal: Terminal) => void
}

/** What the CPO may not write. (E-05) */
const OURS = ['terminal_id', 'reference']

export function terminalsSender(parts: TerminalsParts): Mounted {
  const { terminals, advices, now } = parts
  const known = (id: string): Terminal => {
    const found = terminals.get(id)
    if (found === undefined) throw new OcpiError(2001, `No terminal "${id}" is known here.`, { http: 404 })
    return found
  }
  const keep = async (before: Terminal, change: TerminalChange | TerminalActivation): Promise<Terminal> => {
    const written = Object.entries(change).filter(([name]) => !OURS.includes(name))
    const last_updated = change.last_updated ?? formatDateTime(now())
    const terminal = merge(before, { ...Object.fromEntries(written), last_updated }, TERMINAL_MERGE)
    const gone = await parts.unknown([...(terminal.location_ids ?? []), ...(terminal.evse_uids ?? [])])
    if (gone.length > 0)
      throw new OcpiError(2003, `${gone.join(', ')} is not known here. Offer it in GET locations first.`)
    terminals.put(terminal, terminal.terminal_id)
    return terminal
  }
  const change = async (id: string, body: TerminalChange, replace: boolean) => {
    const before = known(id)
    if (body.terminal_id != null && !sameCi(body.terminal_id, id))
      throw new OcpiError(2001, `terminal_id "${body.terminal_id}" in the body is not "${id}" in the URL.`)
    const { terminal_id, reference, last_updated } = before
    const blank = { terminal_id, ...(reference == null ? {} : { reference }), last_updated }
    // A PUT without terminal_id is read as a merge. (E-05)
    await keep(replace && body.terminal_id != null ? blank : before, body)
  }
  return mount(payments, 'sender', {
    terminals: ({ page }) => terminals.page(page),
    terminal: async ({ params }) => terminals.get(params['terminal_id'] ?? ''),
    patchTerminal: ({ params, body }) => change(params['terminal_id'] ?? '', body, false),
    putTerminal: ({ params, body }) => change(params['terminal_id'] ?? '', body, true),
    activate: async ({ body }) => {
      const { reference, terminal_id } = body
      const found =
        (reference == null ? undefined : parts.waiting(reference)) ??
        terminals.all().find((one) => reference != null && sameCi(one.reference ?? '', reference)) ??
        (terminal_id == null ? undefined : terminals.get(terminal_id))
      if (found === undefined)
        throw new OcpiError(2001, `No terminal with reference "${reference ?? ''}" waits for activation.`)
      parts.announce(await keep(found, body))
    },
    deactivate: async ({ params }) => {
      const before = known(params['terminal_id'] ?? '')
      const terminal = { ...before, location_ids: [], evse_uids: [], last_updated: formatDateTime(now()) }
      terminals.put(terminal, terminal.terminal_id)
    },
    advices: ({ page }) => advices.page(page),
    advice: async ({ params }) => advices.get(params['id'] ?? ''),
  })
}
