import type { Dialect } from './dialect.ts'
import type { CommandParts } from './dialect-parts.ts'
import { answerCommands16 } from './ocpp16/commands.ts'
import { createDialect16 } from './ocpp16/dialect.ts'
import { answerCommands201 } from './ocpp201/commands.ts'
import { type BootReason, createDialect201 } from './ocpp201/dialect.ts'

/** What the station says and answers, in the version its link speaks. */
export function createDialect(parts: Omit<CommandParts, 'tell'>): Dialect {
  if (parts.link.protocol === 'ocpp1.6') {
    const tell = createDialect16(parts)
    answerCommands16({ ...parts, tell })
    return tell
  }
  const boot: BootReason = { reason: 'PowerUp' }
  const tell = createDialect201(parts, boot)
  answerCommands201({ ...parts, tell }, boot)
  return tell
}
