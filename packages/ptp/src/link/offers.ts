/** What a terminal may sell right now, and at which price. (D-20 to D-22, C-702) */
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { ciKey, sameCi } from '@plugtill/ocpi/types'
import { tariffFor } from '@plugtill/pricing/choose'
import { displayTariff } from '@plugtill/pricing/display'
import { PricingError } from '@plugtill/pricing/pricing-error'
import type { Capabilities } from '@plugtill/psp/psp'
import { contactlessLimit } from '@plugtill/terminal/contactless-limits'
import type { Money, Offer } from '@plugtill/terminal/link'
import { hashOf } from '../content-hash.ts'
import { type Mirror, partyOf } from '../mirror.ts'
import type { ContractTerms } from '../settings.ts'
import type { PaymentTerminal } from '../terminals/terminal.ts'
import { type HoldPlan, type ProviderCan, planHold } from './holds.ts'

export interface Sellable {
  readonly location: Location
  readonly evse: Evse
  readonly connector: Connector
}

/** EVSEs of the assigned locations and the assigned EVSEs: the union of both lists. (C-702) */
export async function sellableOf(
  mirror: Mirror,
  { peerId, party, terminal, state }: PaymentTerminal,
): Promise<readonly Sellable[]> {
  if (!party || state === 'deactivated') return []
  const found: Sellable[] = []
  const known = new Set<string>()
  const add = (location: Location | undefined, wanted: (evse: Evse) => boolean) => {
    if (!location) return
    for (const evse of location.evses ?? []) {
      if (evse.status === 'REMOVED' || !wanted(evse)) continue
      const name = ciKey(location.id, evse.uid)
      if (known.has(name)) continue
      known.add(name)
      for (const connector of evse.connectors) found.push({ location, evse, connector })
    }
  }
  for (const id of terminal.location_ids ?? []) add(await mirror.location(peerId, party, id), () => true)
  for (const uid of terminal.evse_uids ?? []) {
    add(await mirror.locationOfEvse(peerId, party, uid), (evse) => sameCi(evse.uid, uid))
  }
  return found
}

/** A session can begin, or the CPO has not said that it cannot. (D-21) */
const STARTABLE: readonly string[] = ['AVAILABLE', 'UNKNOWN']

export type Priced =
  | {
      readonly tariff: Tariff
      readonly plan: HoldPlan
      readonly priceId: string
      /** The country's limit for a card that is only tapped. */
      readonly pinAbove?: Money
      readonly price: NonNullable<Offer['price']>
      readonly languages: readonly string[]
    }
  | { readonly refused: string }

export interface PricedFor {
  readonly sellable: Sellable
  readonly peerId: string
  readonly language: string
  readonly at: number
  readonly terms: ContractTerms
  /** Absent: the provider's account is configured no longer. */
  readonly can?: ProviderCan & Pick<Capabilities, 'identify'>
}

/** The tariff of a card payment at this connector, as it must be shown, and the amount to hold. (E-23, E-24, D-F02) */
export async function pricedFor(mirror: Mirror, wanted: PricedFor): Promise<Priced> {
  const { location, connector } = wanted.sellable
  const known: Tariff[] = []
  const missing: string[] = []
  for (const id of connector.tariff_ids ?? []) {
    const tariff = await mirror.tariff(wanted.peerId, partyOf(location), id)
    if (tariff) known.push(tariff)
    else missing.push(id)
  }
  try {
    const allowRegular = wanted.terms.allowRegularTariff
    const choice = tariffFor(connector.tariff_ids ?? [], known, wanted.at, { allowRegular })
    if ('none' in choice) return { refused: choice.none }
    // What is not known may be the one for card payments: another one would be shown, and held by, in its place. (E-22)
    if (missing.length > 0 && choice.tariff.type !== 'AD_HOC_PAYMENT')
      return { refused: `Tariff ${missing.join(', ')} is not known: it may be the one for card payments.` }
    return priceOf(choice.tariff, wanted)
  } catch (error) {
    // One tariff that cannot be read must not take the other connectors off the screen.
    if (error instanceof PricingError) return { refused: error.message }
    throw error
  }
}

function priceOf(tariff: Tariff, { sellable, terms, can, language }: PricedFor): Priced {
  const { currency } = tariff
  if (terms.currencies.length > 0 && !terms.currencies.includes(currency))
    return { refused: `Tariff ${tariff.id} is in ${currency}, which the contract does not sell.` }
  // Whether it is in force at this moment was looked at when it was chosen.
  if (!can) return { refused: `The provider account "${terms.pspAccount}" of the contract is configured no longer.` }
  const display = shownOf(tariff, language)
  if ('refused' in display) return display
  const plan = planHold(tariff, terms, can)
  if ('refused' in plan) return plan
  const { lines, texts, taxIncluded, languages } = display
  // A reader that keeps the card to itself asks for the PIN by itself.
  const pinAbove = can.identify === 'token' ? contactlessLimit(sellable.location.country, currency) : undefined
  const price = { lines, texts, currency, taxIncluded }
  return { tariff, plan, priceId: priceIdOf(tariff, plan), ...(pinAbove && { pinAbove }), price, languages }
}

/** A tariff that is read again is the same object, and every connector of a site shows the same words. */
const shown = new WeakMap<Tariff, Map<string, ReturnType<typeof displayTariff>>>()
/** Languages a terminal asks for are few; the bound guards against made-up ones. */
const LANGUAGES_MAX = 100

function shownOf(tariff: Tariff, language: string): ReturnType<typeof displayTariff> {
  const known = shown.get(tariff) ?? new Map<string, ReturnType<typeof displayTariff>>()
  const before = known.get(language)
  if (before) return before
  const made = displayTariff(tariff, { language })
  if (known.size >= LANGUAGES_MAX) known.clear()
  shown.set(tariff, known.set(language, made))
  return made
}

/** What the driver accepts: all that the tariff says, and what may be held. That it was sent once more changes nothing. */
function priceIdOf({ last_updated: _, ...said }: Tariff, plan: HoldPlan): string {
  return hashOf([said, plan])
}

export const labelOf = (evse: Evse): string => evse.physical_reference ?? evse.evse_id ?? evse.uid

export function offerOf({ location, evse, connector }: Sellable, priced: Priced, busy: boolean): Offer {
  const startable = STARTABLE.includes(evse.status)
  const reason = busy ? 'not-available' : startable ? ('refused' in priced ? 'no-price' : undefined) : 'not-available'
  return {
    evseUid: evse.uid,
    connectorId: connector.id,
    locationId: location.id,
    locationName: location.name ?? location.address,
    label: labelOf(evse),
    connector: { standard: connector.standard, format: connector.format, powerKw: powerKw(connector) },
    status: evse.status,
    available: reason === undefined,
    ...(reason && { reason }),
    ...('refused' in priced ? {} : shownPrice(priced)),
  }
}

const shownPrice = ({ price, priceId, plan, tariff, pinAbove }: Extract<Priced, { plan: unknown }>) => ({
  price,
  priceId,
  hold: plan.hold,
  ...(plan.upTo && { holdUpTo: plan.upTo }),
  ...(plan.choices && { holdChoices: plan.choices }),
  ...(pinAbove && { pinAbove }),
  tariffId: tariff.id,
})

/** Watts when the CPO says them, else volts x amperes x phases. */
export function powerKw(connector: Connector): number {
  const phases = connector.power_type === 'AC_3_PHASE' ? 3 : connector.power_type === 'AC_2_PHASE' ? 2 : 1
  const watts = connector.max_electric_power ?? connector.max_voltage * connector.max_amperage * phases
  return Math.round(watts / 100) / 10
}
