/** Which charging stations a set of sites needs: the same in the world and in the sandbox. */
import type { ConnectorSetup } from '@plugtill/charger/station'
import { chargerIds, type Sites, spotsOfCharger } from '@plugtill/cpo/sites/configuration'

export interface StationOutlets {
  readonly id: string
  readonly outlets: readonly ConnectorSetup[]
}

export function outletsOf(sites: Sites): readonly StationOutlets[] {
  return chargerIds(sites).map((id) => ({
    id,
    outlets: spotsOfCharger(sites, id).map(({ connector }) => ({
      connectorId: connector.charger.connector,
      kind: connector.power_type === 'DC' ? 'DC' : 'AC',
      maxPowerKw: (connector.max_electric_power ?? connector.max_voltage * connector.max_amperage) / 1000,
    })),
  }))
}
