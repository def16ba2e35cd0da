/** The rooms around money, wired: terminals and what they captured, corrected CDRs, invoices of both kinds. */
import type { Desk, Engine } from '@plugtill/engine/engine'
import type { ChargingEvent, ChargingSession } from './charging/session.ts'
import { type CorrectionKind, correctionKind } from './corrections/correction-kind.ts'
import { createCorrections } from './corrections/corrections.ts'
import type { Ground } from './ground.ts'
import { type AdvicesParts, createAdvices, unknownReference } from './invoices/advices.ts'
import { billsOf, createInvoices } from './invoices/invoices.ts'
import { createReconciliations, type ReconciliationParts, reconciliationKind } from './invoices/reconciliation.ts'
import { referenceKey } from './partners.ts'
import type { Sites } from './sites/configuration.ts'
import type { SiteRegister } from './sites/register.ts'
import { createTerminals } from './terminals/terminals.ts'

/** Kinds first: the engine that runs them is made of them. */
export function billingKinds(parts: ReconciliationParts): {
  readonly corrections: CorrectionKind
  readonly reconciliations: ReturnType<typeof reconciliationKind>
} {
  return { corrections: correctionKind(parts), reconciliations: reconciliationKind(parts) }
}

export interface BillingParts {
  readonly engine: Pick<Engine, 'of'>
  readonly kinds: ReturnType<typeof billingKinds>
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly register: Pick<SiteRegister, 'tariff'>
  readonly ids: () => string
  readonly name: string
  /** Where drivers reach us; invoices are below it. */
  readonly publicUrl: string
  readonly seller: Sites['seller']
}

export function createBilling(
  parts: BillingParts,
  ground: Ground & { readonly clock: { readonly now: () => number } },
) {
  const { engine, kinds, charging, register, ids } = parts
  const { docs, peers, client, clock, serial, fault, party, settings, stations } = ground
  const baseUrl = `${parts.publicUrl}/invoices`
  const told = settings.invoiceBy === 'CPO' ? { invoices: { baseUrl } } : {}
  const terminals = createTerminals({ docs, peers, client, clock, sites: stations.sites, ...told })
  const match: AdvicesParts['match'] = async (owner, advice) => {
    const session = await charging.find(referenceKey(owner, advice.authorization_reference))
    if (session === undefined) return false
    await charging.apply(session.id, { type: 'advice-received', advice, at: clock.now() })
    return true
  }
  const onUnmatched: AdvicesParts['onUnmatched'] = (advice) =>
    fault(unknownReference(advice), advice.authorization_reference)
  const advices = createAdvices({ ...{ docs, peers, client, clock, serial }, match, onFault: fault, onUnmatched })
  const corrections = createCorrections({
    ...{ charging, register, docs, peers, clock, ids },
    corrections: engine.of(kinds.corrections),
  })
  const reconciliations = createReconciliations({
    ...{ docs, peers, party, clock, ids },
    reconciliations: engine.of(kinds.reconciliations),
  })
  const billOf = billsOf({ charging, corrections, advices, peers })
  const invoices = createInvoices({ seller: parts.seller ?? { name: parts.name }, baseUrl, billOf })
  return { terminals, advices, corrections, reconciliations, invoices }
}
