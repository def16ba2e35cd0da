import type { Behaviour } from './behaviour.ts'
import type { Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import type { Connector } from './connector.ts'
import type { Dialect } from './dialect.ts'
import type { OcppLink } from './link.ts'
import type { LocalList } from './local-list.ts'
import type { Outbox } from './outbox.ts'
import type { Power } from './power.ts'
import type { Presence } from './presence.ts'
import type { Signer } from './signer.ts'

export interface Identity {
  readonly id: string
  readonly vendor: string
  readonly model: string
  readonly firmware: string
}

/** What a dialect needs to say things. */
export interface DialectParts {
  readonly identity: Identity
  readonly link: OcppLink
  readonly clock: Clock
  readonly random: () => number
  readonly outbox: Outbox
  readonly configuration: Configuration
  readonly connectors: () => readonly Connector[]
  readonly behaviour: () => Behaviour
  readonly signer: Signer
  readonly onChange: () => void
}

/** What it needs to answer. */
export interface CommandParts extends DialectParts {
  readonly presence: Presence
  readonly power: Power
  readonly localList: LocalList
  readonly tell: Dialect
}

/** A moment as the clock of the station has it. */
export const stamp = ({ behaviour }: Pick<DialectParts, 'behaviour'>, at: number): string =>
  new Date(at + behaviour().clockSkewMs).toISOString()

/** Samples may be told late; what is told is when they were taken. */
export function tellLate({ behaviour, clock }: DialectParts, task: () => void): void {
  const { meterValuesLateMs } = behaviour()
  if (meterValuesLateMs > 0) clock.after(meterValuesLateMs, task)
  else task()
}

export const rebootMs = 2_000
