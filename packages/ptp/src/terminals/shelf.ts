/** The Terminal objects as CPOs read them by GET, each on the shelf of its connection. */
import type { Clock } from '@plugtill/engine/clock'
import { documents as documentsOn } from '@plugtill/engine/documents'
import type { Tx } from '@plugtill/engine/store'
import { ciKey } from '@plugtill/ocpi/types'
import type { PaymentTerminal } from './terminal.ts'

export const TERMINALS = 'terminals'
export const terminalKey = (peerId: string, terminalId: string) => ciKey(peerId, terminalId)

/** In the commit that changes the terminal. */
export const keep =
  (clock: Clock) =>
  async (tx: Tx, { peerId, id, terminal }: Pick<PaymentTerminal, 'peerId' | 'id' | 'terminal'>) =>
    void (await documentsOn(tx, clock).put(
      TERMINALS,
      terminalKey(peerId, id),
      JSON.stringify(terminal),
      terminal.last_updated,
    ))
