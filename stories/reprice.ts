/** The CPO changes its prices: the process starts again with another price list, and tells its partners. */
import type { Sites } from '@plugtill/cpo/sites/configuration'
import { demoSites } from '@plugtill/cpo/sites/demo'
import type { World } from '@plugtill/world/world'

/** Sites of the demo whose price list a story may rewrite. */
export const repriceable = (): Sites => structuredClone(demoSites)

/** Every tariff of these sites is this much per kWh from now on, before a tax of 21 %, under the ids they had. */
export async function reprice(world: World, sites: Sites, price: number): Promise<void> {
  const elements = [{ price_components: [{ type: 'ENERGY' as const, price, vat: 21, step_size: 1 }] }]
  for (const tariff of sites.tariffs) Object.assign(tariff, { elements })
  world.killCpo()
  await world.cpoReturns()
  await world.until('the PTP has heard of the new prices', async () => {
    const mirrored = await world.ptpAdmin.get<readonly { readonly elements: unknown }[]>('/tariffs')
    return mirrored.every((tariff) => JSON.stringify(tariff.elements) === JSON.stringify(elements))
  })
}
