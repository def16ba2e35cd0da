/** The Terminal objects as CPOs read them by GET, each on the shelf of its connection. */
import type { Clock } from '@plugtill/engine/clock'
import { documents as documentsOn } from '@plugtill/engine/documents'
import type { Tx } from '@plugtill/engine/store'
import { ciKey } from '@plugtill/ocpi/types'
import type { PaymentTerminal } from './terminal.ts'

export const TERMINALS = 'terminals'
export const terminalKey = (peerId: string, terminalId: string) => ciKey(peerId, terminalId)

type Kept = Pick<PaymentTerminal, 'peerId' | 'id' | 'terminal'>

/** In the commit that changes the terminal. One that has left a CPO stays readable there, and sells nothing. (E-09) */
export const keep =
  (clock: Clock, before?: Kept) =>
  async (tx: Tx, after: Kept): Promise<void> => {
    const put = ({ peerId, id }: Kept, terminal: Kept['terminal']) =>
      documentsOn(tx, clock).put(TERMINALS, terminalKey(peerId, id), JSON.stringify(terminal), terminal.last_updated)
    await put(after, after.terminal)
    if (!before || before.peerId === after.peerId) return
    const { last_updated } = after.terminal
    await put(before, { ...before.terminal, location_ids: [], evse_uids: [], last_updated })
  }
