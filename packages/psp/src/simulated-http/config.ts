/** What the adapter has to know to speak with a simulated service. */
export interface SimulatedHttpConfig {
  /** Without trailing slash. */
  readonly url: string
  readonly apiKey: string
  /** Newest first; the old one stays while it is replaced. */
  readonly webhookSecrets: readonly string[]
  /** 20 s by default. */
  readonly timeoutMs?: number
}
