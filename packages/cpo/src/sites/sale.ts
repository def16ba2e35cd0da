/** Who buys, and at which of our tariffs: card payment and roaming live side by side on one connector. (C-107, E-23) */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Peer } from '@plugtill/ocpi/peers'
import { type Choice, tariffFor } from '@plugtill/pricing/choose'

/** `card`: paid at a terminal. `contract`: a driver of a mobility provider. `one-time`: that provider's driver without a contract. */
export type Sale = 'card' | 'contract' | 'one-time'

/** A partner with payment terminals sells by card, every other one by contract; its role says nothing. (E-02) */
export function saleTo(peer: Pick<Peer, 'endpoints'>, token: { readonly type: string }): Sale {
  const terminals = peer.endpoints.some(
    ({ identifier, role }) => identifier.toLowerCase() === 'payments' && role.toUpperCase() === 'SENDER',
  )
  if (terminals) return 'card'
  return token.type === 'AD_HOC_USER' ? 'one-time' : 'contract'
}

const NO_TYPE = 'none'
const PREFERRED: Readonly<Record<Exclude<Sale, 'card'>, readonly string[]>> = {
  contract: ['REGULAR', NO_TYPE],
  'one-time': ['REGULAR', NO_TYPE, 'AD_HOC_PAYMENT'],
}

/** The tariff in force for this sale; what a contract costs is never taken from the price for cards. */
export function tariffOf<T extends Tariff>(
  sale: Sale,
  offer: { readonly ids: readonly string[]; readonly tariffs: readonly T[]; readonly at: number },
): Choice<T> {
  const { ids, tariffs, at } = offer
  if (sale === 'card') return tariffFor(ids, tariffs, at)
  for (const type of PREFERRED[sale]) {
    const typed = tariffs.filter((tariff) => (tariff.type ?? NO_TYPE) === type)
    const choice = tariffFor(ids, typed, at, { allowRegular: true })
    if ('tariff' in choice) return choice
  }
  const missing = ids.filter((id) => !tariffs.some((tariff) => tariff.id.toLowerCase() === id.toLowerCase()))
  return { none: 'None of type REGULAR or without a type is in force.', missing }
}
