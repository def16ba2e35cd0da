import { approvalCases, authorizeCases, idempotencyCases } from './contract/authorize.ts'
import { adjustCases, captureCases, captureFailureCases } from './contract/capture.ts'
import { declineCases, lateCaptureCases } from './contract/late.ts'
import { cardNumberCases, messageCases, settlementCases } from './contract/messages.ts'
import { readCases, refundCases, voidCases } from './contract/release.ts'
import type { Cases, ContractCards, ContractSubject } from './contract/steps.ts'

/**
 * What every provider behind the port must do. A test file calls this once per provider with the `test` of its runner;
 * `make` gives a fresh provider for each case. Cases for a card the provider has no stand-in for are left out.
 */
export function pspContract(
  test: (title: string, run: () => Promise<void>) => void,
  make: () => ContractSubject | Promise<ContractSubject>,
  options: { readonly cards: ContractCards },
): void {
  const { cards } = options
  const all: Cases = {
    ...authorizeCases(cards),
    ...approvalCases(cards),
    ...idempotencyCases(cards),
    ...adjustCases(cards),
    ...captureCases(cards),
    ...captureFailureCases(cards),
    ...voidCases(cards),
    ...refundCases(cards),
    ...readCases(cards),
    ...declineCases(cards),
    ...lateCaptureCases(cards),
    ...messageCases(cards),
    ...cardNumberCases(cards),
    ...settlementCases(cards),
  }
  for (const [title, run] of Object.entries(all)) test(title, async () => run(await make()))
}
