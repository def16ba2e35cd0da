/** All checks and scenarios, by the platform under test. */
import type { Check } from './check.ts'
import { advicesCpoChecks } from './checks/advices-cpo.ts'
import { cdrArithmeticChecks } from './checks/cdr-arithmetic.ts'
import { cdrCourseChecks } from './checks/cdr-course.ts'
import { cdrsCpoChecks } from './checks/cdrs-cpo.ts'
import { commandResultChecks } from './checks/command-results.ts'
import { commandsCpoChecks } from './checks/commands-cpo.ts'
import { commandRefusalChecks } from './checks/commands-refused.ts'
import { credentialsChecks } from './checks/credentials.ts'
import { credentialsEndChecks } from './checks/credentials-end.ts'
import { pagingChecks } from './checks/paging.ts'
import { pagingClientChecks, pagingListsChecks } from './checks/paging-lists.ts'
import { securityChecks } from './checks/security.ts'
import { sessionCostChecks } from './checks/session-costs.ts'
import { sessionCourseChecks } from './checks/session-course.ts'
import { sessionListChecks } from './checks/session-list.ts'
import { sessionUpdateChecks } from './checks/session-updates.ts'
import { sessionsCpoChecks } from './checks/sessions-cpo.ts'
import { tokensCpoChecks } from './checks/tokens-cpo.ts'
import { transportChecks } from './checks/transport.ts'
import { transportQuestionsChecks } from './checks/transport-questions.ts'
import { versionsChecks } from './checks/versions.ts'
import { versionsModulesChecks } from './checks/versions-modules.ts'
import type { CpoStage, PtpStage, Scenario } from './scenario.ts'
import { finalising } from './scenarios/finalise-session.ts'
import { paging } from './scenarios/paging.ts'
import { farewell, registration } from './scenarios/registration.ts'
import { starting, tidying } from './scenarios/start-session.ts'
import { transport } from './scenarios/transport.ts'

export const CHECKS: readonly Check[] = [
  ...versionsChecks,
  ...versionsModulesChecks,
  ...credentialsChecks,
  ...credentialsEndChecks,
  ...transportChecks,
  ...transportQuestionsChecks,
  ...pagingChecks,
  ...pagingListsChecks,
  ...pagingClientChecks,
  ...securityChecks,
  ...tokensCpoChecks,
  ...commandsCpoChecks,
  ...commandRefusalChecks,
  ...commandResultChecks,
  ...sessionsCpoChecks,
  ...sessionUpdateChecks,
  ...sessionCostChecks,
  ...sessionCourseChecks,
  ...sessionListChecks,
  ...cdrsCpoChecks,
  ...cdrCourseChecks,
  ...cdrArithmeticChecks,
  ...advicesCpoChecks,
]

const FIRST = [...registration, ...transport]
/** Lists are read when there is something in them; after the farewell nothing works any more. */
const LAST = [...paging, ...farewell]

export const SCENARIOS: { readonly cpo: readonly Scenario<CpoStage>[]; readonly ptp: readonly Scenario<PtpStage>[] } = {
  cpo: [...FIRST, ...starting, ...finalising, ...tidying, ...LAST],
  ptp: [...FIRST, ...LAST],
}
