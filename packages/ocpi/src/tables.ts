/** All endpoint tables, in the order of the specification. What is offered is what is mounted. (C.0) */
import type { Module } from './module.ts'
import { cdrs } from './modules/cdrs.ts'
import { chargingProfiles } from './modules/charging-profiles.ts'
import { commands } from './modules/commands.ts'
import { credentials } from './modules/credentials.ts'
import { hubClientInfo } from './modules/hub-client-info.ts'
import { invoiceReconciliation } from './modules/invoice-reconciliation.ts'
import { locations } from './modules/locations.ts'
import { payments } from './modules/payments.ts'
import { sessions } from './modules/sessions.ts'
import { tariffs } from './modules/tariffs.ts'
import { tokens } from './modules/tokens.ts'
import { versions } from './modules/versions.ts'

export const tables: readonly Module[] = [
  versions,
  credentials,
  locations,
  sessions,
  cdrs,
  tariffs,
  tokens,
  commands,
  chargingProfiles,
  hubClientInfo,
  payments,
  invoiceReconciliation,
]
