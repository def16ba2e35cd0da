/** What a partner's version could not say, told to the operator. */
import { Fault } from '../errors.ts'
import { isObject } from './codec.ts'

interface Place {
  readonly module: string
  /** Of the row. */
  readonly name: string
  readonly version: string
}

interface Lost {
  readonly value: unknown
  readonly losses: readonly string[]
  /** Nothing of it was sent. */
  readonly whole: boolean
}

const MOST_LINES = 5

/** LOST_IN_VERSION: sent, but something is missing. NOT_IN_VERSION: not sent at all. (F-03, F-09) */
export function lostInVersion({ module, name, version }: Place, { value, losses, whole }: Lost): Fault {
  const id = isObject(value) ? ['id', 'uid', 'terminal_id'].map((field) => value[field]).find(Boolean) : undefined
  const what = `${module} ${name}${typeof id === 'string' ? ` "${id}"` : ''}`
  const more = losses.length > MOST_LINES ? `; and ${losses.length - MOST_LINES} more` : ''
  const lines = losses.slice(0, MOST_LINES).join('; ') + more
  return whole
    ? new Fault('NOT_IN_VERSION', `${what} cannot be said in OCPI ${version} and was not sent: ${lines}.`)
    : new Fault('LOST_IN_VERSION', `${what} lost something on the way to OCPI ${version}: ${lines}.`)
}
