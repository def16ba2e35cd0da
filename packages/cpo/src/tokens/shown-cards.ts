/** Cards that were shown at stations and what became of each, for the operator: kept in the journal. */
import { formatDateTime } from '@plugtill/ocpi/types'
import type { CpoParts } from '../cpo.ts'
import type { Books } from '../ground.ts'
import type { Shown } from './authorization.ts'

/** Nobody waits for the note: the driver stands in front of the station. */
export function noteShown(
  { journal, written, fault }: Pick<Books, 'journal' | 'written' | 'fault'>,
  onChange: CpoParts['onChange'],
): (shown: Shown) => void {
  return (shown) =>
    written.run(async () => {
      try {
        await journal.write(shown.chargerId, 'card', cardRecord(shown))
        onChange?.('tokens', shown.uid)
      } catch (error) {
        fault(error, shown.chargerId)
      }
    })
}

/** Answers use the spelling of OCPI; `result` is the word of OCPP. */
function cardRecord({ at, chargerId, uid, verdict, durationMs }: Shown) {
  const allowed = 'refused' in verdict ? undefined : verdict
  return {
    shown_at: formatDateTime(at),
    charger_id: chargerId,
    uid,
    result: 'refused' in verdict ? verdict.refused : 'Accepted',
    provider: verdict.owner?.toUpperCase() ?? null,
    contract_id: allowed?.token.contract_id ?? null,
    auth_method: allowed?.authMethod ?? null,
    authorization_reference: allowed?.reference ?? null,
    duration_ms: durationMs,
  }
}
