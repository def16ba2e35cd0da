/** Which version a connection speaks. */
import { OcpiError } from '../errors.ts'
import { type Codec, SPOKEN, type SpokenVersion } from './codec.ts'
import { codec as v221 } from './v2.2.1.ts'
import { codec as v230 } from './v2.3.0.ts'

/** The highest version both sides speak; OCPI 3002 when there is none. Unknown versions do not disturb. (B-13, E-44, F-29) */
export function chooseVersion<V extends { readonly version: string }>(
  offered: readonly V[],
  spoken: readonly SpokenVersion[] = SPOKEN,
): V & { readonly version: SpokenVersion } {
  for (const version of SPOKEN) {
    if (!spoken.includes(version)) continue
    const found = offered.find((offer) => offer.version === version)
    if (found) return { ...found, version }
  }
  const theirs =
    offered
      .map((offer) => offer.version)
      .slice(0, 20)
      .join(', ') || 'nothing'
  throw new OcpiError(3002, `No common version: you offer ${theirs}, we speak ${spoken.join(' and ')}.`)
}

/** The translation of a version. */
export function codecOf(version: SpokenVersion): Codec {
  return version === '2.3.0' ? v230 : v221
}
