/** The rooms around money, wired: corrected CDRs, the drivers' invoices, invoices between companies. */
import type { Engine } from '@plugtill/engine/engine'
import type { PartyId } from '@plugtill/ocpi/peers'
import { type CorrectionKind, correctionKind } from './corrections/correction-kind.ts'
import { type CorrectionsParts, createCorrections } from './corrections/corrections.ts'
import type { Advices } from './invoices/advices.ts'
import { billsOf, createInvoices, type InvoicesParts } from './invoices/invoices.ts'
import { createReconciliations, type ReconciliationParts, reconciliationKind } from './invoices/reconciliation.ts'

/** Kinds first: the engine that runs them is made of them. */
export function billingKinds(parts: ReconciliationParts): {
  readonly corrections: CorrectionKind
  readonly reconciliations: ReturnType<typeof reconciliationKind>
} {
  return { corrections: correctionKind(parts), reconciliations: reconciliationKind(parts) }
}

export interface BillingParts extends Omit<CorrectionsParts, 'corrections' | 'docs'> {
  readonly docs: ReconciliationParts['docs']
  readonly engine: Pick<Engine, 'of'>
  readonly kinds: ReturnType<typeof billingKinds>
  readonly advices: Pick<Advices, 'of'>
  readonly party: PartyId
  readonly invoices: Omit<InvoicesParts, 'billOf'>
}

export function createBilling(parts: BillingParts) {
  const { engine, kinds, docs, peers } = parts
  const corrections = createCorrections({ ...parts, corrections: engine.of(kinds.corrections) })
  const reconciliations = createReconciliations({
    ...parts,
    reconciliations: engine.of(kinds.reconciliations),
    docs,
    peers,
  })
  const billOf = billsOf({ ...parts, corrections })
  return { corrections, reconciliations, invoices: createInvoices({ ...parts.invoices, billOf }) }
}
