/** The operator's rows where the charging system is somebody else's: partners, terminals, invoices between companies. */
import type { AdminTable } from '@plugtill/engine/admin'
import { type AdminParts, partnerRoutes, partyRoutes, terminalRoutes } from './admin.ts'
import { reconciliationRoutes } from './admin-reconciliation.ts'
import { get } from './admin-words.ts'
import type { SiteView } from './sites/view.ts'

export type PartAdminParts = Pick<
  AdminParts,
  | 'party'
  | 'baseUrl'
  | 'peers'
  | 'handshake'
  | 'docs'
  | 'journal'
  | 'engine'
  | 'watch'
  | 'clientParts'
  | 'terminals'
  | 'reconciliations'
> & { readonly view: SiteView }

export function partRoutes(part: PartAdminParts): AdminTable {
  return [
    ...partyRoutes(part),
    get('/locations', 'Our locations with the live status of each EVSE', async () => ({
      body: await part.view.locations(),
    })),
    get('/tariffs', 'Our tariffs', async () => ({ body: await part.view.tariffs() })),
    ...partnerRoutes(part),
    ...terminalRoutes(part),
    ...reconciliationRoutes(part),
  ]
}
