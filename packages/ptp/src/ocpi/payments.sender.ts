/** Terminals and advices as the CPO reads and changes them. (payments › Sender; C.7) */
import type { Documents } from '@plugtill/engine/documents'
import type { payments } from '@plugtill/ocpi/modules/payments'
import type { Page } from '@plugtill/ocpi/paging'
import type { Call, Handlers } from '@plugtill/ocpi/server'
import { ciKey } from '@plugtill/ocpi/types'
import type { Registry } from '../terminals/registry.ts'
import { TERMINALS, terminalKey } from '../terminals/shelf.ts'

export interface PaymentsSenderParts {
  readonly documents: Documents
  readonly registry: Registry
}

export function paymentsSender({ documents, registry }: PaymentsSenderParts): Handlers<typeof payments.sender> {
  /** Only this CPO's own: keys begin with its connection. (T13) */
  const page = (shelf: string) => async (call: Call & { readonly page: Page }) => {
    const { total, items } = await documents.page(shelf, { prefix: `${ciKey(call.peer.id)}/`, ...call.page })
    return { total, items: items.map((doc) => doc.body) }
  }
  const stored = async (shelf: string, key: string) => {
    const doc = await documents.get(shelf, key)
    return doc && { json: doc.body }
  }
  return {
    terminals: page(TERMINALS),
    terminal: (call) => stored(TERMINALS, terminalKey(call.peer.id, call.params['terminal_id'] ?? '')),
    patchTerminal: async (call) => {
      await registry.change(call.peer, call.params['terminal_id'] ?? '', call.body, { replace: false, from: call.from })
    },
    putTerminal: async (call) => {
      await registry.change(call.peer, call.params['terminal_id'] ?? '', call.body, { replace: true, from: call.from })
    },
    activate: async (call) => {
      await registry.activate(call.peer, call.body, call.from)
    },
    deactivate: async (call) => {
      await registry.deactivate(call.params['terminal_id'] ?? '', call.peer, call.from)
    },
    advices: page('advices'),
    advice: (call) => stored('advices', ciKey(call.peer.id, call.params['id'] ?? '')),
  }
}
