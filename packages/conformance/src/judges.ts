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
import { locationsCpoChecks } from './checks/locations-cpo.ts'
import { locationsObjectsChecks } from './checks/locations-objects.ts'
import { locationsPushChecks } from './checks/locations-push.ts'
import { pagingChecks } from './checks/paging.ts'
import { pagingClientChecks, pagingListsChecks } from './checks/paging-lists.ts'
import { ptpAdviceListChecks } from './checks/ptp-advice-lists.ts'
import { ptpAdviceChecks } from './checks/ptp-advices.ts'
import { ptpAssignmentChecks } from './checks/ptp-assignments.ts'
import { ptpCdrChecks } from './checks/ptp-cdrs.ts'
import { ptpLocationChecks } from './checks/ptp-locations.ts'
import { ptpPlaceChecks } from './checks/ptp-places.ts'
import { ptpResultChecks } from './checks/ptp-results.ts'
import { ptpSessionChecks } from './checks/ptp-sessions.ts'
import { ptpStartChecks } from './checks/ptp-start.ts'
import { ptpTariffChecks } from './checks/ptp-tariffs.ts'
import { ptpTerminalChecks } from './checks/ptp-terminals.ts'
import { securityChecks } from './checks/security.ts'
import { sessionCostChecks } from './checks/session-costs.ts'
import { sessionCourseChecks } from './checks/session-course.ts'
import { sessionListChecks } from './checks/session-list.ts'
import { sessionUpdateChecks } from './checks/session-updates.ts'
import { sessionsCpoChecks } from './checks/sessions-cpo.ts'
import { tariffsCpoChecks } from './checks/tariffs-cpo.ts'
import { tariffsLintChecks } from './checks/tariffs-lint.ts'
import { tariffsPushChecks } from './checks/tariffs-push.ts'
import { terminalsAssignChecks } from './checks/terminals-assign.ts'
import { terminalsCpoChecks } from './checks/terminals-cpo.ts'
import { tokensCpoChecks } from './checks/tokens-cpo.ts'
import { transportChecks } from './checks/transport.ts'
import { transportQuestionsChecks } from './checks/transport-questions.ts'
import { versionsChecks } from './checks/versions.ts'
import { versionsModulesChecks } from './checks/versions-modules.ts'
import type { CpoStage, PtpStage, Scenario } from './scenario.ts'
import { cpoSites, cpoSitesAgain } from './scenarios/cpo-sites.ts'
import { cpoTerminals } from './scenarios/cpo-terminals.ts'
import { finalising } from './scenarios/finalise-session.ts'
import { paging } from './scenarios/paging.ts'
import { ptpCharges } from './scenarios/ptp-charges.ts'
import { ptpSites } from './scenarios/ptp-sites.ts'
import { ptpDeactivation, ptpTerminals } from './scenarios/ptp-terminals.ts'
import { farewell, registration } from './scenarios/registration.ts'
import { starting, tidying } from './scenarios/start-session.ts'
import { transport } from './scenarios/transport.ts'

/** What is not offered explains everything that was to be seen of it. */
const OFFERS: Readonly<Record<string, readonly string[]>> = {
  payments: ['versions.modules/1', 'versions.modules/7'],
  locations: ['versions.modules/2'],
  tariffs: ['versions.modules/3'],
  commands: ['versions.modules/4'],
  sessions: ['versions.modules/5'],
  cdrs: ['versions.modules/6', 'versions.modules/8'],
}

const afterOffer = (check: Check): Check => {
  const offer = OFFERS[check.rule.split('.')[0] ?? ''] ?? []
  return { ...check, after: [...offer, ...check.after] }
}

export const CHECKS: readonly Check[] = [
  ...terminalsCpoChecks,
  ...terminalsAssignChecks,
  ...locationsCpoChecks,
  ...locationsObjectsChecks,
  ...locationsPushChecks,
  ...tariffsCpoChecks,
  ...tariffsLintChecks,
  ...tariffsPushChecks,
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
  ...ptpTerminalChecks,
  ...ptpAssignmentChecks,
  ...ptpLocationChecks,
  ...ptpTariffChecks,
  ...ptpStartChecks,
  ...ptpPlaceChecks,
  ...ptpResultChecks,
  ...ptpSessionChecks,
  ...ptpCdrChecks,
  ...ptpAdviceChecks,
  ...ptpAdviceListChecks,
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
].map(afterOffer)

const FIRST = [...registration, ...transport]
/** Lists are read when there is something in them; after the farewell nothing works any more. */
const LAST = [...paging, ...farewell]

export const SCENARIOS: { readonly cpo: readonly Scenario<CpoStage>[]; readonly ptp: readonly Scenario<PtpStage>[] } = {
  cpo: [...FIRST, ...cpoTerminals, ...cpoSites, ...starting, ...finalising, ...tidying, ...cpoSitesAgain, ...LAST],
  ptp: [...FIRST, ...ptpSites, ...ptpTerminals, ...ptpCharges, ptpDeactivation, ...LAST],
}
