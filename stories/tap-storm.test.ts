/** How often one card, and one terminal, may ask for a hold: each costs the provider and the CPO something. (T42) */
import { demoSites } from '@plugtill/cpo/sites/demo'
import { describe, expect, test } from 'vitest'
import { databases, type Story, tell } from './rig.ts'

const MINUTE = 60_000

const EVSES = 5
const [city, ...elsewhere] = demoSites.locations
const [evse] = city?.evses ?? []
/** The slow site has this many charging points. */
const sites = {
  ...demoSites,
  locations: [
    {
      ...city!,
      evses: Array.from({ length: EVSES }, (_, nth) => ({
        ...evse!,
        uid: `NLPLGE10${nth + 1}`,
        evse_id: `NL*PLG*E10${nth + 1}`,
        physical_reference: `${nth + 1}`,
        connectors: evse!.connectors.map((one) => ({ ...one, charger: { id: `PLG-AC-${nth + 1}`, connector: 1 } })),
      })),
    },
    ...elsewhere,
  ],
}

type Told = Pick<Story, 'ptpAdmin' | 'peers' | 'terminal' | 'ends'>

async function under({ ptpAdmin, peers, terminal }: Told, settings: object): Promise<void> {
  const contract = await ptpAdmin.post<{ readonly id: string }>('/contracts', { peer: peers.ptp, settings })
  await ptpAdmin.post(`/terminals/${terminal}/move`, { contract: contract.id })
}

/** Nobody plugs in: what is held at this site is given back after the window of five minutes. */
async function site(database: (typeof databases)[number], settings: object = {}) {
  const story = await tell(database, { sites })
  for (const station of story.stations.values())
    station.behave({
      plan: { after: 'never', stopAtSoc: 100, unplugAfterFullMs: 0, leaveAfterMs: 0, unplugAfterStopMs: 0 },
    })
  await under(story, settings)
  /** The reference of the payment, or why there is none. */
  const tapAt = (nth: number, card: string) =>
    story.tap({ card, evse: `NLPLGE10${nth}` }).then(
      ({ reference }) => reference,
      (error: unknown) => String((error as { readonly code?: string }).code),
    )
  const asked = async () => (await story.ledger.entries()).filter(({ operation }) => operation === 'authorize').length
  return { ...story, tapAt, asked }
}

const isRefused = (told: string) => told.startsWith('too-many')
const endAll = async (story: Told, references: readonly string[]) => {
  const records = await Promise.all(references.map((reference) => story.ends(reference, 20 * MINUTE)))
  return records.map(({ state }) => state)
}

describe.each(databases)('on $name', (database) => {
  test('a card has three holds at once at most: more are refused before anybody is asked, all are given back, and it may begin anew', async () => {
    const story = await site(database, { card_taps: 0 })
    const told = []
    for (const nth of [1, 2, 3, 4]) told.push(await story.tapAt(nth, 'approved#7'))
    expect([told.map(isRefused), told[3]]).toEqual([[false, false, false, true], 'too-many-holds'])
    expect(await story.asked()).toBe(3)
    const other = await story.tapAt(4, 'approved#8')
    expect(await endAll(story, [...told.slice(0, 3), other])).toEqual(Array(4).fill('voided'))
    expect(isRefused(await story.tapAt(1, 'approved#7'))).toBe(false)
    await story.close()
  })

  test('of taps of one card at the same moment no more are held than one after the other', async () => {
    const story = await site(database)
    const told = await Promise.all([1, 2, 3, 4].map((nth) => story.tapAt(nth, 'approved#7')))
    const [begun, refused] = [told.filter((one) => !isRefused(one)), told.filter(isRefused)]
    expect([begun.length, refused]).toEqual([3, ['too-many-holds']])
    expect(await endAll(story, begun)).toEqual(Array(3).fill('voided'))
    expect(await story.asked()).toBe(3)
    await story.close()
  })

  test('within ten minutes a card taps as often as its contract says, and so does a terminal', async () => {
    const story = await site(database, { card_taps: 2, terminal_taps: 5 })
    const begun = [await story.tapAt(1, 'approved#7'), await story.tapAt(2, 'approved#7')]
    expect(await story.tapAt(3, 'approved#7')).toBe('too-many-taps')
    begun.push(await story.tapAt(3, 'approved#8'), await story.tapAt(4, 'approved#9'))
    expect(await story.tapAt(5, 'approved#5')).toBe('too-many-taps')
    expect(await endAll(story, begun)).toEqual(Array(4).fill('voided'))
    await story.pass(10 * MINUTE)
    expect([await story.tapAt(1, 'approved#7'), await story.tapAt(5, 'approved#5')].some(isRefused)).toBe(false)
    await story.close()
  })

  test('a contract may leave a fleet any number, and a test card that everybody presents has none', async () => {
    const story = await site(database, { card_holds: 0, card_taps: 0 })
    const told = []
    for (const nth of [1, 2, 3, 4]) told.push(await story.tapAt(nth, 'approved#7'))
    expect(await endAll(story, told)).toEqual(Array(4).fill('voided'))
    await under(story, {})
    const anybody = await Promise.all([1, 2, 3, 4].map((nth) => story.tapAt(nth, 'approved')))
    expect(anybody.some(isRefused)).toBe(false)
    await story.close()
  })
})
