/** The log on stderr: named fields only, so that nothing secret or personal can slip in with an object. (T29) */
import { pino } from 'pino'
import type { LogLevel } from './config.ts'

export interface Log {
  /** Something a platform keeps and shows in its console as well. */
  readonly fault: (fault: unknown, reference: string) => void
  /** A request failed here. */
  readonly error: (error: unknown, where: string) => void
  /** What an operator may want to know of a process that works. */
  readonly info: (told: string, fields?: Readonly<Record<string, string | number | boolean>>) => void
  /** Works, and is probably not what was meant. */
  readonly warn: (told: string) => void
}

export function createLog(level: LogLevel): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
  return {
    info: (told, fields = {}) => logger.info(fields, told),
    warn: (told) => logger.warn(told),
    fault: (fault, reference) => logger.warn({ ...named(fault), ...(reference && { reference }) }, 'fault'),
    error: (error, where) =>
      logger.error({ ...named(error), where, stack: error instanceof Error ? error.stack : undefined }, 'failed'),
  }
}

function named(error: unknown): { readonly code: string; readonly reason: string } {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', reason: String(error) }
  return { code: 'code' in error && typeof error.code === 'string' ? error.code : error.name, reason: error.message }
}
