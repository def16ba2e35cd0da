/** Whose roles a partner may claim, and what we say of ourselves. (B.2, E-43, E-46, E-50) */
import { OcpiError } from './errors.ts'
import type { Credentials, CredentialsRole } from './modules/credentials.ts'
import { type Party, type Peer, type PeerStore, partiesHere, type VersionNumber } from './peers.ts'
import { PTP_ROLE_NAMES } from './roles.ts'
import { sameCi } from './types.ts'

/** Our own credentials object, with the token the receiver is to use. (B-28, E-02, E-42) */
export function ownCredentials(
  party: Party,
  told: { readonly versionsUrl: string; readonly version: VersionNumber; readonly token: string },
): Credentials {
  return {
    token: told.token,
    url: told.versionsUrl,
    roles: partiesHere(party).map((one) => ({
      role: one.roleSent ?? (one.role === 'PTP' ? PTP_ROLE_NAMES[told.version] : one.role),
      country_code: one.countryCode,
      party_id: one.partyId,
      business_details: { name: one.name, ...(one.website === undefined ? {} : { website: one.website }) },
    })),
  }
}

const key = (role: CredentialsRole): string => `${role.role}*${role.country_code}*${role.party_id}`.toUpperCase()
const named = (role: CredentialsRole): string => `${role.role} ${role.country_code}-${role.party_id}`

/** A PTP goes by three names, for want of one of its own. (E-02) */
const AS_PTP = ['PTP', 'EMSP', 'OTHER']
const sameRole = (a: string, b: string): boolean =>
  sameCi(a, b) || (AS_PTP.includes(a.toUpperCase()) && AS_PTP.includes(b.toUpperCase()))

/** Throws 2001 for a triplet that occurs twice or a party the invitation was not made for. (B-09, E-46, E-50) */
export function checkRoles(roles: readonly CredentialsRole[], bound: Peer['bound']): void {
  const seen = new Set<string>()
  for (const role of roles) {
    if (seen.has(key(role))) throw new OcpiError(2001, `roles names ${named(role)} twice. Name each combination once.`)
    seen.add(key(role))
    const allowed = bound === undefined ? [] : [bound, ...(bound.also ?? [])]
    const fits = allowed.some((one) => sameCi(role.country_code, one.countryCode) && sameCi(role.party_id, one.partyId))
    if (bound !== undefined && !fits) {
      throw new OcpiError(
        2001,
        `roles names ${named(role)}, but the invitation is for ${allowed.map((one) => `${one.countryCode}-${one.partyId}`).join(', ')}. Use that party or ask for another invitation.`,
      )
    }
  }
  const expected = bound?.role
  if (expected !== undefined && !roles.some((role) => sameRole(role.role, expected))) {
    throw new OcpiError(
      2001,
      `roles lacks ${expected}, for which the invitation was made. Name it or ask for another invitation.`,
    )
  }
}

/** Live connections, other than `self` and the one it replaces, that already hold one of the roles. (E-43) */
export async function holdersOf(
  peers: PeerStore,
  roles: readonly CredentialsRole[],
  self: Pick<Peer, 'id' | 'replaces'>,
): Promise<readonly Peer[]> {
  const wanted = new Set(roles.map(key))
  return (await peers.list()).filter(
    (peer) =>
      peer.status === 'registered' &&
      peer.id !== self.id &&
      peer.id !== self.replaces &&
      peer.roles.some((role) => wanted.has(key(role))),
  )
}
