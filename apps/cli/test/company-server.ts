/** A company's OpenID Connect server, by people who know nothing of ours; whoever comes is the person that was set. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is used of it; the package has no types of its own. */
interface Provider {
  readonly callback: () => RequestListener
  readonly interactionDetails: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<{
    readonly prompt: { readonly name: string }
    readonly params: { readonly client_id: string; readonly scope: string }
    readonly session?: { readonly accountId: string }
  }>
  readonly interactionFinished: (request: IncomingMessage, response: ServerResponse, result: object) => Promise<void>
  readonly Grant: new (of: {
    readonly accountId: string
    readonly clientId: string
  }) => {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }
}

export interface CompanyServer {
  readonly issuer: string
  /** The `sub` of whoever logs in next, and what is said of them. */
  readonly person: { sub: string; claims: Readonly<Record<string, unknown>> }
  /** Nothing answers any more, and again. */
  readonly silence: (silent: boolean) => void
  readonly close: () => Promise<unknown>
}

export const CLIENT = { id: 'plugtill', secret: 'a-secret-of-the-client' }

export async function companyServer(redirectUri: string): Promise<CompanyServer> {
  const { default: Made } = (await import('oidc-provider' as string)) as {
    readonly default: new (issuer: string, options: object) => Provider
  }
  let serve: RequestListener = (_request, response) => response.writeHead(503).end()
  let silent = false
  const server = createServer((request, response) =>
    silent ? void response.writeHead(503).end() : serve(request, response),
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const person: CompanyServer['person'] = { sub: 'u-1', claims: {} }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Made(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: async () => ({ sub, ...person.claims }),
    }),
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    features: { devInteractions: { enabled: false } },
  })
  const oidc = provider.callback()
  serve = (request, response) => {
    if (request.url?.startsWith('/interaction/')) void agree(provider, person.sub, { request, response })
    else oidc(request, response)
  }
  return {
    issuer,
    person,
    silence: (now) => {
      silent = now
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}

/** Password and consent, as if the person had typed them. */
async function agree(
  provider: Provider,
  sub: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: sub } })
    return
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? sub, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}
