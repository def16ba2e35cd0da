/** Finding out what a partner offers: versions, then the details of one version. (B-13, B-14, B-21, B-22) */

import type { TSchema } from 'typebox'
import { type AskParts, ask, PeerRefused } from './ask.ts'
import { Fault, OcpiError } from './errors.ts'
import { EndpointEntry, Version } from './modules/versions.ts'
import type { PeerEndpoint, VersionNumber } from './peers.ts'
import { missingFrom, type Offer } from './roles.ts'
import { validatorOf } from './validate.ts'
import { chooseVersion } from './versions/negotiate.ts'

export interface DiscoverParts extends AskParts {
  readonly needs: Offer
  readonly strictNeeds?: boolean
  readonly mayCall?: (url: string) => boolean
}

export type TokenForm = 'base64' | 'raw'

export interface Partner {
  readonly peerId: string
  readonly url: string
  readonly token: string
  /** Tried first; the other form is tried when this one is HTTP 401. (A-03, E-41) */
  readonly tokenForm?: TokenForm
  /** Versions that may be chosen. */
  readonly versions: readonly VersionNumber[]
}

export interface Discovered {
  readonly version: VersionNumber
  readonly endpoints: readonly PeerEndpoint[]
  /** The form in which the partner took its token. */
  readonly tokenForm: TokenForm
  /** Interfaces we would need and the partner does not offer. */
  readonly missing: readonly { readonly identifier: string; readonly role: string }[]
}

/** Throws OcpiError 3001 (cannot be used), 3002 (no such version) or 3003 (nothing we need). (B-22, E-45) */
export async function discover(parts: DiscoverParts, asked: Partner): Promise<Discovered> {
  const first = await readFirst(parts, asked)
  const partner = { ...asked, tokenForm: first.tokenForm }
  const offers = valid<Version>(Version, first.data)
  const { version, url } = chooseVersion(offers, partner.versions)
  const details = await read(parts, partner, { url, endpoint: 'details' })
  const listed = valid<EndpointEntry>(EndpointEntry, (details as { endpoints?: unknown } | null)?.endpoints)
  // An endpoint we may not call is as good as none. (E-49)
  const endpoints = listed.filter((entry) => parts.mayCall?.(entry.url) ?? true)
  const missing = missingFrom(endpoints, parts.needs)
  const wanted = Object.values(parts.needs).flat().length
  if (missing.length > 0 && (parts.strictNeeds || missing.length === wanted)) {
    const names = missing.map((one) => `${one.identifier} ${one.role}`).join(', ')
    throw new OcpiError(3003, `Version ${version} at ${url} lacks ${names}. Offer them in version details.`)
  }
  return {
    version,
    tokenForm: partner.tokenForm,
    endpoints: endpoints.map(({ identifier, role, url: at }) => ({ identifier, role, url: at })),
    missing,
  }
}

/** Unknown or broken entries do not spoil the others. (E-01) */
function valid<T>(schema: TSchema, list: unknown): readonly T[] {
  return Array.isArray(list) ? list.filter((entry): entry is T => validatorOf(schema).check(entry)) : []
}

/** A partner that cannot decode the token answers 401; it is asked once more in the other form. (A-03) */
async function readFirst(parts: DiscoverParts, partner: Partner): Promise<{ data: unknown; tokenForm: TokenForm }> {
  const place = { url: partner.url, endpoint: 'versions' }
  const usual = partner.tokenForm ?? 'base64'
  try {
    return { data: await read(parts, { ...partner, tokenForm: usual }, place), tokenForm: usual }
  } catch (error) {
    const cause = error instanceof OcpiError ? error.cause : undefined
    if (!(cause instanceof PeerRefused) || cause.http !== 401) throw error
    const other = usual === 'base64' ? 'raw' : 'base64'
    // What is told is what the usual form met.
    const data = await read(parts, { ...partner, tokenForm: other }, place).catch(() => Promise.reject(error))
    return { data, tokenForm: other }
  }
}

async function read(
  parts: DiscoverParts,
  partner: Partner,
  place: { url: string; endpoint: string },
): Promise<unknown> {
  if (!(parts.mayCall?.(place.url) ?? true)) {
    throw new OcpiError(3001, `${place.url} may not be called from here. Give a public https URL.`)
  }
  try {
    const { peerId, token, tokenForm } = partner
    return (await ask(parts, { peerId, token, tokenForm, method: 'GET', module: 'versions', ...place })).data
  } catch (error) {
    if (!(error instanceof PeerRefused) && !(error instanceof Fault)) throw error
    // Told without what the other end said there: it could be any server. (T08)
    throw new OcpiError(
      3001,
      `GET ${place.url} with your token did not give OCPI ${place.endpoint} (${reason(error)}). Check the URL and accept the token.`,
      { cause: error },
    )
  }
}

const reason = (error: PeerRefused | Fault): string =>
  error instanceof Fault
    ? error.code
    : `HTTP ${error.http}${error.statusCode === undefined ? '' : `, OCPI ${error.statusCode}`}`
