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
  throw new OcpiError(
    3002,
    `No common version: you offer ${theirs}, we speak ${spoken.join(' and ')}. ${adviceTo(offered)}`,
  )
}

/** What an older platform lacks for direct payment, for its developer. (F-29, F-30) */
function adviceTo(offered: readonly { readonly version: string }[]): string {
  if (offered.some(({ version }) => version === '2.2'))
    return '2.2 has no owner in CdrToken and no connector in START_SESSION: 2.2.1 is the small step that adds both.'
  if (offered.some(({ version }) => version.startsWith('2.1') || version === '2.0'))
    return '2.1.1 has no authorization_reference, which links card, session and CDR: direct payment needs 2.2.1 or later.'
  return 'Offer one of these in your versions endpoint.'
}

/** Whether a path segment names a version of the protocol that we do not serve. (F-29) */
export const isOtherVersion = (segment: string): boolean =>
  /^[2-9](\.\d+){1,2}$/.test(segment) && !SPOKEN.some((version) => version === segment)

/** What a call below the URL of another version is told. (F-29) */
export const otherVersion = (version: string, spoken: readonly SpokenVersion[] = SPOKEN): string =>
  `OCPI ${version} is not spoken here, only ${spoken.join(' and ')}. ${adviceTo([{ version }])}`

/** The translation of a version. */
export function codecOf(version: SpokenVersion): Codec {
  return version === '2.3.0' ? v230 : v221
}
