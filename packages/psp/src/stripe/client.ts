/** Stripe's own library, loaded when the first request needs it. */
import type Stripe from 'stripe'
import type { StripeConfig } from './config.ts'

export type StripeClient = Stripe

export const TIMEOUT_MS = 20_000

/** One client per provider. No repeats inside the library: who repeats decides by key and query. */
export function stripeClient({ apiKey, baseUrl, timeoutMs = TIMEOUT_MS }: StripeConfig): () => Promise<StripeClient> {
  let client: Promise<StripeClient> | undefined
  const open = async (): Promise<StripeClient> => {
    const { default: Library } = await import('stripe')
    const url = baseUrl === undefined ? undefined : new URL(baseUrl)
    return new Library(apiKey, {
      httpClient: Library.createNodeHttpClient(),
      maxNetworkRetries: 0,
      timeout: timeoutMs,
      telemetry: false,
      ...(url && { host: url.hostname, port: url.port, protocol: url.protocol === 'http:' ? 'http' : 'https' }),
    })
  }
  return () => {
    client ??= open()
    return client
  }
}
