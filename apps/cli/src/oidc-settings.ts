/** The company's own login, by OpenID Connect. */
import type { CompanyLoginSettings } from './accounts/company-login.ts'
import { ROLES, type Role } from './accounts/roles.ts'
import type { Config } from './config.ts'
import { address, plain } from './read-setting.ts'
import { type Setting, setting } from './setting.ts'

export interface OidcConfig {
  readonly oidcIssuer: string | undefined
  readonly oidcClientId: string | undefined
  /** Absent: a public client, which proves itself by PKCE alone. */
  readonly oidcClientSecret: string | undefined
  /** The claim that is the name of the account. */
  readonly oidcNameClaim: string
  /** The claim whose values `oidcRoles` turns into a role. */
  readonly oidcRoleClaim: string
  readonly oidcRoles: ReadonlyMap<string, Role> | undefined
}

const claim = plain(/^[\x21-\x7e]{1,200}$/, 'the name of a claim')

function roles(text: string) {
  const pairs = text.split(',').map((pair) => /^\s*(\S.*?)\s*=\s*(\w+)\s*$/.exec(pair)?.slice(1) ?? [])
  const read = new Map(pairs.map(([value = '', role = '']) => [value, role as Role]))
  return [...read].every(([value, role]) => value !== '' && ROLES.includes(role))
    ? { value: read }
    : { rule: `pairs like charging-desk=operate,finance=money; roles are ${ROLES.join(', ')}` }
}

export const OIDC_SETTINGS: readonly Setting[] = [
  setting('oidcIssuer', 'URL', {
    about: "login by the company's own OpenID Connect server, at this address",
    read: address(['https:', 'http:'], 'https://login.example/realms/company'),
  }),
  setting('oidcClientId', 'ID', {
    about: 'how that server knows this platform',
    read: plain(/^[\x21-\x7e]{1,300}$/, '1 to 300 printable characters without spaces'),
  }),
  setting('oidcClientSecret', 'SECRET', {
    about: 'the secret that goes with it; none for a public client',
    secret: true,
    read: plain(/^[\x21-\x7e]{1,2000}$/, '1 to 2000 printable characters without spaces'),
  }),
  setting('oidcNameClaim', 'CLAIM', {
    about: 'the claim that names the account; an address has to be a verified one',
    default: 'email',
    read: claim,
  }),
  setting('oidcRoleClaim', 'CLAIM', { about: 'the claim that says the role', default: 'groups', read: claim }),
  setting('oidcRoles', 'A=ROLE,B=ROLE', {
    about: 'which values of that claim give which role; accounts are then made by themselves',
    read: roles,
  }),
]

/** What the company's login is made with; nothing when it is not set. */
export function companyIn(config: OidcConfig): { readonly company?: CompanyLoginSettings } {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret, oidcRoles: roles } = config
  if (issuer === undefined || clientId === undefined) return {}
  return {
    company: {
      issuer,
      clientId,
      nameClaim: config.oidcNameClaim,
      roleClaim: config.oidcRoleClaim,
      ...(clientSecret !== undefined && { clientSecret }),
      ...(roles !== undefined && { roles }),
    },
  }
}

/** What does not fit together, as one line. */
export function wrongInOidc(config: Config): string | undefined {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcRoles, apiKey } = config
  if (oidcIssuer === undefined) {
    const stray = oidcClientId ?? oidcClientSecret ?? oidcRoles
    return stray && 'The company login needs an address: set PLUGTILL_OIDC_ISSUER as well.'
  }
  if (oidcClientId === undefined) return 'The company login needs a client: set PLUGTILL_OIDC_CLIENT_ID as well.'
  if (apiKey === undefined)
    return 'The company login guards nothing while there is no PLUGTILL_API_KEY: set it as well.'
  const { protocol, hostname } = new URL(oidcIssuer)
  if (protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
    return `PLUGTILL_OIDC_ISSUER is "${oidcIssuer}"; outside of this machine it has to be https.`
  return undefined
}
