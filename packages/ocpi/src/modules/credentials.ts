/** Who a platform is and with which token it may be called. (credentials; B-09 to B-29) */
import type { Static } from 'typebox'
import { del, module, one, post, put } from '../module.ts'
import { ciString, formatted, object, oneOrMore, openEnum, optional, url } from '../types.ts'
import { BusinessDetails } from './locations-parts.ts'

/**
 * Role of a party. The chapter closes this list and has no PTP in it although it calls PTPs data owners, so
 * every value is read and the offered endpoints decide what a partner is. (types › Role; E-02)
 */
export const Role = openEnum(['CPO', 'EMSP', 'NAP', 'NSP', 'OTHER', 'SCSP', 'HUB', 'PTP'])
export type Role = Static<typeof Role>

/** One party on a platform. (credentials › CredentialsRole; B-09) */
export const CredentialsRole = object({
  role: Role,
  business_details: BusinessDetails,
  party_id: ciString(3),
  country_code: ciString(2),
})
export type CredentialsRole = Static<typeof CredentialsRole>

/** Printable characters without blanks, sent plain here and encoded in the header. (credentials › Credentials) */
export const CredentialsToken = formatted('^[!-~]+$', 'printable ASCII without blanks', 64)
export type CredentialsToken = Static<typeof CredentialsToken>

/** What both platforms hand over in the handshake. (credentials › Credentials) */
export const Credentials = object({
  token: CredentialsToken,
  /** Of the versions endpoint, not of version details. */
  url,
  /** Country code and party id of the hub in one string. */
  hub_party_id: optional(ciString(5)),
  roles: oneOrMore(CredentialsRole),
})
export type Credentials = Static<typeof Credentials>

/** Both sides serve the same four; the interface role means nothing. (credentials; B-04, B-28) */
export const credentials = module(
  'credentials',
  {
    sender: {},
    receiver: {
      get: one('', Credentials),
      post: post('', Credentials, Credentials),
      put: put('', Credentials, Credentials),
      delete: del(''),
    },
  },
  { routed: false },
)
