import type { Documents } from '@plugtill/engine/documents'
import { OcpiError } from '@plugtill/ocpi/errors'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { ownerOf, partnerKey } from '../partners.ts'
import type { CpoSettings } from '../settings.ts'
import { shelfPage } from './shelf-page.ts'

/** The sessions a partner has started; nobody sees those of another. (sessions › Sender; C.5, A-26) */
export function sessionsSender(cpo: {
  readonly docs: Documents
  readonly settings: Pick<CpoSettings, 'strictDateFrom'>
}): Mounted {
  return mount(sessions, 'sender', {
    list: ({ peer, page }) => {
      if (page.dateFrom === undefined && cpo.settings.strictDateFrom) {
        throw new OcpiError(2001, 'GET sessions needs date_from. Add it, for example ?date_from=2030-01-31T00:00:00Z.')
      }
      return shelfPage(cpo.docs, 'sessions', { prefix: `${partnerKey(ownerOf(peer))}/`, page })
    },
    // None of our EVSEs can be told how to charge.
    chargingPreferences: ({ params }) => {
      throw new OcpiError(2001, `The EVSE of session "${params['session_id']}" is not CHARGING_PREFERENCES_CAPABLE.`, {
        http: 404,
      })
    },
  })
}
