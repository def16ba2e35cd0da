import type { Documents } from '@plugtill/engine/documents'
import { payments, readAdvice, type TerminalReceived } from '@plugtill/ocpi/modules/payments'
import type { Page } from '@plugtill/ocpi/paging'
import type { Peer } from '@plugtill/ocpi/peers'
import { type Call, type Mounted, mount } from '@plugtill/ocpi/server'
import { formatDateTime } from '@plugtill/ocpi/types'
import { ADVICES, type Advices } from '../invoices/advices.ts'
import { ownerOf, partnerKey } from '../partners.ts'
import { keepTerminal, TERMINALS } from '../terminals/terminals.ts'
import { shelfPage } from './shelf-page.ts'

export interface PaymentsParts {
  readonly docs: Documents
  readonly advices: Pick<Advices, 'take'>
  readonly clock: { readonly now: () => number }
}

/** Terminals and advices a PTP tells us of. A repeat is an update or nothing, never a second object. (payments › Receiver; E-11) */
export function paymentsReceiver(cpo: PaymentsParts): Mounted {
  const read = async (shelf: string, key: string) => {
    const doc = await cpo.docs.get(shelf, key)
    return doc && { json: doc.body }
  }
  const pageOf =
    (shelf: string) =>
    ({ peer, page }: { readonly peer: Peer; readonly page: Page }) =>
      shelfPage(cpo.docs, shelf, { prefix: `${partnerKey(ownerOf(peer))}/`, page })
  return mount(payments, 'receiver', {
    terminals: pageOf(TERMINALS),
    terminal: ({ peer, params }) => read(TERMINALS, partnerKey(ownerOf(peer), params['terminal_id'] ?? '')),
    postTerminal: async (call) => {
      const terminal: TerminalReceived = {
        ...call.body,
        last_updated: call.body.last_updated ?? formatDateTime(cpo.clock.now()),
      }
      const created = await keepTerminal(cpo.docs, ownerOf(call.peer), terminal)
      return { created: created === 'created', location: below(call, terminal.terminal_id) }
    },
    advices: pageOf(ADVICES),
    advice: ({ peer, params }) => read(ADVICES, partnerKey(ownerOf(peer), params['id'] ?? '')),
    postAdvice: async (call) => {
      const advice = readAdvice(call.body)
      call.reference(advice.authorization_reference)
      const kept = await cpo.advices.take(ownerOf(call.peer), advice)
      return { created: kept === 'created', location: below(call, advice.id) }
    },
  })
}

/** Where the object just posted is found: below the URL it was posted to. */
function below(call: Call<unknown>, id: string): string {
  return `${call.raw.url.replace(/[?#].*$/, '').replace(/\/+$/, '')}/${encodeURIComponent(id)}`
}
