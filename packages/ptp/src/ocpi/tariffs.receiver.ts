/** Pushes of Tariffs from their CPO. (tariffs › Receiver; C-201) */
import { OcpiError } from '@plugtill/ocpi/errors'
import type { tariffs } from '@plugtill/ocpi/modules/tariffs'
import type { Call, Handlers } from '@plugtill/ocpi/server'
import type { Mirror } from '../mirror.ts'

const owner = (call: Call<unknown>) => ({
  countryCode: call.params['country_code'] ?? '',
  partyId: call.params['party_id'] ?? '',
})

export function tariffsReceiver(mirror: Mirror): Handlers<typeof tariffs.receiver> {
  return {
    tariff: (call) => mirror.tariff(call.peer.id, owner(call), call.params['tariff_id'] ?? ''),
    putTariff: async (call) => ({ created: (await mirror.putTariff(call.peer.id, call.body)) === 'created' }),
    deleteTariff: async (call) => {
      const gone = await mirror.deleteTariff(call.peer.id, owner(call), call.params['tariff_id'] ?? '')
      if (!gone) throw new OcpiError(2001, `Tariff ${call.params['tariff_id']} is not known here.`, { http: 404 })
    },
  }
}
