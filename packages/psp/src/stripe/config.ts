/** What the adapter has to know to speak with Stripe. */
export interface StripeConfig {
  /** A secret or restricted key: `sk_test_…`, `rk_live_…`. */
  readonly apiKey: string
  /** Signing secrets of the webhook endpoint, newest first; the old one stays while it is replaced. */
  readonly webhookSecrets: readonly string[]
  /** Another address than Stripe's own, for tests. */
  readonly baseUrl?: string
  /** Longest wait for one answer; 20 s by default. */
  readonly timeoutMs?: number
  /** Longest wait for the driver's card; 45 s by default. */
  readonly cardWaitMs?: number
  /** Pause between two looks at the reader; 1 s by default. */
  readonly pollMs?: number
}

/** Why this configuration cannot work, in one line; undefined when it may. */
export function wrongInStripe({ apiKey, webhookSecrets }: StripeConfig): string | undefined {
  if (!/^(sk|rk)_(test|live)_\w{8,}$/.test(apiKey))
    return 'the Stripe API key has to begin with sk_test_, sk_live_, rk_test_ or rk_live_'
  const wrong = webhookSecrets.find((secret) => !/^whsec_\S{8,}$/.test(secret))
  return wrong === undefined ? undefined : 'a Stripe webhook secret has to begin with whsec_'
}
