/** All checks and scenarios, by the platform under test. */
import type { Check } from './check.ts'
import { versionsChecks } from './checks/versions.ts'
import type { CpoStage, PtpStage, Scenario } from './scenario.ts'
import { farewell, registration } from './scenarios/registration.ts'

export const CHECKS: readonly Check[] = [...versionsChecks]

export const SCENARIOS: { readonly cpo: readonly Scenario<CpoStage>[]; readonly ptp: readonly Scenario<PtpStage>[] } = {
  cpo: [...registration, ...farewell],
  ptp: [...registration, ...farewell],
}
