export type EffectStatus = 'pending' | 'done' | 'parked' | 'dropped'

/** A stored order. */
export interface EffectRecord {
  readonly seq: number
  readonly lane: string
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly key: string
  /** The order itself, as JSON text. */
  readonly body: string
  readonly dueAt: number
  readonly attempts: number
  readonly status: EffectStatus
  readonly lastError?: string
}
