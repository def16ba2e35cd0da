/** All checks and scenarios, by the platform under test. */
import type { Target } from './catalogue.ts'
import type { Check } from './check.ts'
import { versionsChecks } from './checks/versions.ts'
import type { Scenario } from './scenario.ts'
import { farewell, registration } from './scenarios/registration.ts'

export const CHECKS: readonly Check[] = [...versionsChecks]

export const SCENARIOS: Readonly<Record<Target, readonly Scenario[]>> = {
  cpo: [...registration, ...farewell],
  ptp: [...registration, ...farewell],
}
