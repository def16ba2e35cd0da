/** Amounts of currencies that Stripe does not count like ISO 4217, or not to the last digit. (docs.stripe.com › Supported currencies) */
import type { OwnUnits } from '../own-units.ts'

/** Two decimals for the sake of older integrations, although none can be paid. */
const WITH_TWO_DECIMALS = { decimals: 2 } as const
/** Three decimals, of which the last one has to be 0. */
const TENS = { step: 10 } as const

export const stripeUnits: OwnUnits = {
  ISK: WITH_TWO_DECIMALS,
  UGX: WITH_TWO_DECIMALS,
  MGA: { decimals: -2 },
  BHD: TENS,
  JOD: TENS,
  KWD: TENS,
  OMR: TENS,
  TND: TENS,
}
