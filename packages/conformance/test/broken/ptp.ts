/** Every fault of a PTP beyond the connection, by area. */
import type { Defect } from './defect.ts'
import { ptpAdviceDefects } from './ptp-advices.ts'
import { ptpCommandDefects } from './ptp-commands.ts'
import { ptpRecordDefects } from './ptp-records.ts'
import { ptpSiteDefects } from './ptp-sites.ts'
import { ptpTerminalDefects } from './ptp-terminals.ts'

export const PTP_AREAS: Readonly<Record<string, readonly Defect[]>> = {
  'terminals of a PTP': ptpTerminalDefects,
  'sites at a PTP': ptpSiteDefects,
  'commands of a PTP': ptpCommandDefects,
  'sessions and CDRs at a PTP': ptpRecordDefects,
  'advices of a PTP': ptpAdviceDefects,
}
