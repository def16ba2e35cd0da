/** What the adapter has to know to speak with Adyen. */
export interface AdyenConfig {
  readonly apiKey: string
  readonly merchantAccount: string
  /** HMAC keys of the standard webhook, 64 hexadecimal digits, newest first; the old one stays while it is replaced. */
  readonly hmacKeys: readonly string[]
  readonly environment: 'test' | 'live'
  /** Of the live endpoints: `1797a841fbb37ca7-AdyenDemo`. */
  readonly livePrefix?: string
  /** Region of the live terminal endpoint; Europe by default. */
  readonly region?: 'EU' | 'AU' | 'US' | 'APSE'
  /** Another address than Adyen's own, for tests. */
  readonly baseUrl?: string
  /** Longest wait for one answer; 20 s by default. */
  readonly timeoutMs?: number
  /** Longest wait for the driver's card; 45 s by default. */
  readonly cardWaitMs?: number
  /** How long an operation waits for the message that decides it; 10 s by default. */
  readonly settleMs?: number
  /** Pause between two looks for that message; 250 ms by default. */
  readonly pollMs?: number
}

/** Why this configuration cannot work, in one line; undefined when it may. */
export function wrongInAdyen(config: AdyenConfig): string | undefined {
  const { apiKey, merchantAccount, hmacKeys, environment, livePrefix } = config
  if (apiKey.length < 20) return 'the Adyen API key is too short'
  if (!/^\w{1,80}$/.test(merchantAccount)) return 'the Adyen merchant account is letters, digits and _'
  if (hmacKeys.some((key) => !/^[0-9A-Fa-f]{64}$/.test(key))) return 'an Adyen HMAC key has 64 hexadecimal digits'
  return environment === 'live' && !livePrefix ? 'Adyen live needs the live prefix of its endpoints' : undefined
}
