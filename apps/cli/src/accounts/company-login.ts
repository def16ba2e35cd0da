/**
 * Login by the company's own OpenID Connect server: authorization code with PKCE, state and nonce (OpenID Connect Core
 * 1.0, section 3.1; RFC 9700). What has to be remembered between going there and coming back travels in a sealed cookie,
 * so that nobody can fill our database without logging in, and the browser that began is the one that ends.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '@plugtill/engine/clock'
import type * as openid from 'openid-client'
import { includes, type Role } from './roles.ts'
import { opened, sealed } from './totp.ts'

export interface CompanyLoginSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly nameClaim: string
  readonly roleClaim: string
  /** Which values of that claim give which role; accounts are then made by themselves. */
  readonly roles?: ReadonlyMap<string, Role>
}

export interface CompanyLoginParts extends CompanyLoginSettings {
  readonly publicUrl: string
  /** Seals the cookie. */
  readonly secret: string
  readonly clock: Pick<Clock, 'now'>
}

/** Whom the company's server says somebody is. */
export interface CompanyIdentity {
  readonly name: string
  /** Issuer and its own word for this person, which never goes to somebody else. */
  readonly subject: string
  /** By the groups of the company; absent when they decide nothing here. `null`: they let nobody in. */
  readonly role?: Role | null
}

/** Why somebody does not come in; the word stands in `errors.md` and in the texts of the login page. */
export type CompanyTrouble =
  | 'unreachable'
  | 'not-finished'
  | 'no-name'
  | 'no-role'
  | 'no-account'
  | 'local-account'
  | 'other-person'

export class CompanyRefused extends Error {
  override readonly name = 'CompanyRefused'
  readonly trouble: CompanyTrouble

  constructor(trouble: CompanyTrouble, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.trouble = trouble
  }
}

export interface CompanyLogin {
  /** Where to send the browser, and the cookie it has to bring back. */
  readonly begin: (next: string) => Promise<{ readonly url: string; readonly cookie: string }>
  /** `url`: path and query as they came back. Throws `CompanyRefused`. */
  readonly finish: (
    url: string,
    headers: IncomingHttpHeaders,
  ) => Promise<{ readonly identity: CompanyIdentity; readonly next: string }>
  /** Takes the cookie away. */
  readonly forget: string
}

/** Loaded by the first login, so that platforms without one start without it. */
const library = () => import('openid-client')

export const CALLBACK = '/account/api/company/callback'
const COOKIE = 'plugtill-company-login'
/** Longer than anybody needs for a password and a second factor. */
const LASTS_S = 600
const SERVER_ANSWERS_S = 10

interface Begun {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly next: string
  readonly until: number
}

export function createCompanyLogin(parts: CompanyLoginParts): CompanyLogin {
  const { publicUrl, secret, clock } = parts
  const key = `company-login|${secret}`
  const server = serverOf(parts)
  const redirect = publicUrl + CALLBACK
  // Lax: it has to come along when the company's server sends the browser back.
  const cookie = (value: string, ageS: number) =>
    `${COOKIE}=${value}; Path=/account/api/company; Max-Age=${ageS}; HttpOnly; SameSite=Lax${publicUrl.startsWith('https:') ? '; Secure' : ''}`
  return {
    forget: cookie('', 0),
    begin: async (next) => {
      const [openid, config] = [await library(), await server()]
      const [state, nonce, verifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()]
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirect,
        scope: scopesOf(config),
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      const begun: Begun = { state, nonce, verifier, next, until: clock.now() + LASTS_S * 1000 }
      return { url: url.href, cookie: cookie(encodeURIComponent(sealed(JSON.stringify(begun), key)), LASTS_S) }
    },
    finish: async (url, headers) => {
      const begun = begunIn(headers, key)
      if (begun === undefined || begun.until < clock.now())
        throw new CompanyRefused('not-finished', 'This browser has not begun a login in the last ten minutes.')
      const claims = await claimsOf(await server(), new URL(publicUrl + url), begun)
      return { identity: identityIn(claims, parts), next: begun.next }
    },
  }
}

/** Asked for once it is needed; when that fails, the next login tries again. */
function serverOf({ issuer, clientId, clientSecret }: CompanyLoginParts): () => Promise<openid.Configuration> {
  let found: Promise<openid.Configuration> | undefined
  const discover = async () => {
    const openid = await library()
    const execute = issuer.startsWith('http:') ? [openid.allowInsecureRequests] : []
    const options = { execute, timeout: SERVER_ANSWERS_S }
    const server = (await openid.discovery(new URL(issuer), clientId, undefined, undefined, options)).serverMetadata()
    // Without a word about it the server takes the secret by HTTP Basic. (OpenID Connect Discovery 1.0, section 3)
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const way =
      clientSecret === undefined
        ? openid.None()
        : methods.includes('client_secret_basic')
          ? openid.ClientSecretBasic(clientSecret)
          : openid.ClientSecretPost(clientSecret)
    const config = new openid.Configuration(server, clientId, undefined, way)
    config.timeout = SERVER_ANSWERS_S
    for (const extend of [...execute, openid.enableNonRepudiationChecks]) extend(config)
    return config
  }
  return () => {
    found ??= discover().catch((cause: unknown) => {
      found = undefined
      throw new CompanyRefused('unreachable', `${issuer} did not say how to log in: ${(cause as Error).message}`, {
        cause,
      })
    })
    return found
  }
}

/** What the server offers of what we would like to know. */
function scopesOf(config: openid.Configuration): string {
  const offered = config.serverMetadata().scopes_supported
  return ['openid', 'email', 'profile', 'groups']
    .filter((scope) => scope === 'openid' || offered?.includes(scope))
    .join(' ')
}

function begunIn({ cookie }: IncomingHttpHeaders, key: string): Begun | undefined {
  const [, value] = new RegExp(`(?:^|; *)${COOKIE}=([^;]{1,4000})(?:;|$)`).exec(cookie ?? '') ?? []
  try {
    return value === undefined ? undefined : (JSON.parse(opened(decodeURIComponent(value), key)) as Begun)
  } catch {
    return undefined
  }
}

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string }

/** Code for tokens, signature and nonce checked; what the ID token leaves out is asked from the server. */
async function claimsOf(config: openid.Configuration, url: URL, { state, nonce, verifier }: Begun): Promise<Claims> {
  const openid = await library()
  try {
    const tokens = await openid.authorizationCodeGrant(config, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined) throw new Error('no ID token')
    if (config.serverMetadata().userinfo_endpoint === undefined) return claims
    return { ...(await openid.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims }
  } catch (cause) {
    throw new CompanyRefused(
      'not-finished',
      `The company's server did not finish the login: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function identityIn(claims: Claims, { nameClaim, roleClaim, roles }: CompanyLoginParts): CompanyIdentity {
  const name = claims[nameClaim]
  // An address that nobody looked at may be somebody else's.
  if (typeof name !== 'string' || name === '' || (nameClaim === 'email' && claims['email_verified'] !== true))
    throw new CompanyRefused(
      'no-name',
      `The claim "${nameClaim}" ${typeof name === 'string' ? 'is not verified' : 'is missing'}.`,
    )
  const subject = `${claims.iss} ${claims.sub}`
  if (roles === undefined) return { name, subject }
  const given = [claims[roleClaim]].flat()
  const fitting = [...roles].filter(([value]) => given.includes(value)).map(([, role]) => role)
  return {
    name,
    subject,
    role: fitting.reduce<Role | null>((best, role) => (best !== null && includes(best, role) ? best : role), null),
  }
}
