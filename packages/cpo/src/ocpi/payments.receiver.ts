import type { Documents } from '@plugtill/engine/documents'
import type { Desk } from '@plugtill/engine/engine'
import { OcpiError } from '@plugtill/ocpi/errors'
import {
  type FinancialAdviceConfirmation,
  payments,
  readAdvice,
  type TerminalReceived,
} from '@plugtill/ocpi/modules/payments'
import type { Page } from '@plugtill/ocpi/paging'
import type { Peer } from '@plugtill/ocpi/peers'
import { type Call, type Mounted, mount } from '@plugtill/ocpi/server'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import type { ChargingEvent, ChargingSession } from '../charging/session.ts'
import { ownerOf, partnerKey, referenceKey } from '../partners.ts'
import type { createSerial } from '../serial.ts'
import { keepTerminal, TERMINALS } from '../terminals/terminals.ts'
import { shelfPage } from './shelf-page.ts'

export interface PaymentsParts {
  readonly docs: Documents
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly clock: { readonly now: () => number }
  readonly serial: ReturnType<typeof createSerial>
  /** An advice nobody waits for: kept, and shown to an operator. (D-F19) */
  readonly onUnknownReference: (advice: FinancialAdviceConfirmation, owner: string) => void
}

export const ADVICES = 'advices'

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
      const created = await cpo.serial(`terminal ${ownerOf(call.peer)}`, () =>
        keepTerminal(cpo.docs, ownerOf(call.peer), terminal),
      )
      return { created: created === 'created', location: below(call, terminal.terminal_id) }
    },
    advices: pageOf(ADVICES),
    advice: ({ peer, params }) => read(ADVICES, partnerKey(ownerOf(peer), params['id'] ?? '')),
    postAdvice: (call) =>
      cpo.serial(`advice ${ownerOf(call.peer)}`, async () => {
        const advice = readAdvice(call.body)
        call.reference(advice.authorization_reference)
        const kept = await keepAdvice(cpo.docs, ownerOf(call.peer), advice)
        if (kept !== 'same') await tellSession(cpo, ownerOf(call.peer), advice)
        return { created: kept === 'created', location: below(call, advice.id) }
      }),
  })
}

/** Where the object just posted is found: below the URL it was posted to. */
function below(call: Call<unknown>, id: string): string {
  return `${call.raw.url.replace(/[?#].*$/, '').replace(/\/+$/, '')}/${encodeURIComponent(id)}`
}

async function keepAdvice(
  docs: Documents,
  owner: string,
  advice: FinancialAdviceConfirmation,
): Promise<'created' | 'updated' | 'same'> {
  const key = partnerKey(owner, advice.id)
  const body = JSON.stringify(advice)
  const doc = await docs.get(ADVICES, key)
  if (doc !== undefined) {
    const before = JSON.parse(doc.body) as FinancialAdviceConfirmation
    const conflict = !sameCi(before.authorization_reference, advice.authorization_reference)
    const order = Date.parse(advice.last_updated) - Date.parse(before.last_updated)
    if (conflict || (order === 0 && doc.body !== body)) {
      throw new OcpiError(
        2001,
        `Financial advice confirmation "${advice.id}" is known with other content. Give a new one its own id.`,
      )
    }
    if (order <= 0) return 'same'
  }
  return docs.put(ADVICES, key, body, advice.last_updated)
}

async function tellSession(cpo: PaymentsParts, owner: string, advice: FinancialAdviceConfirmation): Promise<void> {
  const session = await cpo.charging.find(referenceKey(owner, advice.authorization_reference))
  if (session === undefined) return cpo.onUnknownReference(advice, owner)
  await cpo.charging.apply(session.id, { type: 'advice-received', advice, at: cpo.clock.now() })
}
