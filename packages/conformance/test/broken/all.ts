/** Every fault that the judge has to find. */

import { adviceDefects } from './advices.ts'
import { cdrDefects } from './cdrs.ts'
import { commandDefects } from './commands.ts'
import type { Defect } from './defect.ts'
import { locationsDefects } from './locations.ts'
import { pagingDefects } from './paging.ts'
import { PTP_AREAS } from './ptp.ts'
import { registrationDefects } from './registration.ts'
import { securityDefects } from './security.ts'
import { sessionDefects } from './sessions.ts'
import { tariffsDefects } from './tariffs.ts'
import { terminalsDefects } from './terminals.ts'
import { transportDefects } from './transport.ts'

/** By area, as the page of faults shows them. */
export const AREAS: Readonly<Record<string, readonly Defect[]>> = {
  registration: registrationDefects,
  transport: transportDefects,
  paging: pagingDefects,
  security: securityDefects,
  terminals: terminalsDefects,
  locations: locationsDefects,
  tariffs: tariffsDefects,
  commands: commandDefects,
  sessions: sessionDefects,
  cdrs: cdrDefects,
  advices: adviceDefects,
  ...PTP_AREAS,
}
