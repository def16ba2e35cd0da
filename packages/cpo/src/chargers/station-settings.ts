/** The local configuration of a charger: keys in OCPP 1.6, variables of components in OCPP 2.0.1. */
import type { StationSetting } from './commands.ts'
import type { Payload } from './link.ts'
import { partOf } from './payloads.ts'

export interface StationSettings {
  readonly settings: readonly StationSetting[]
  /** Asked for and not there. */
  readonly unknown: readonly string[]
}

export function settingsOf(answer: Payload): StationSettings {
  return answer['getVariableResult'] === undefined ? keysOf(answer) : variablesOf(answer)
}

function keysOf(answer: Payload): StationSettings {
  const keys = (answer['configurationKey'] ?? []) as readonly Payload[]
  return {
    settings: keys.map((key) => ({
      name: String(key['key']),
      value: typeof key['value'] === 'string' ? key['value'] : null,
      readonly: key['readonly'] === true,
    })),
    unknown: ((answer['unknownKey'] ?? []) as readonly unknown[]).map(String),
  }
}

function variablesOf(answer: Payload): StationSettings {
  const results = answer['getVariableResult'] as readonly Payload[]
  const known = results.filter((result) => result['attributeStatus'] === 'Accepted')
  return {
    settings: known.map((result) => ({
      name: nameOf(result),
      value: typeof result['attributeValue'] === 'string' ? result['attributeValue'] : null,
      readonly: false,
    })),
    unknown: results.filter((result) => !known.includes(result)).map(nameOf),
  }
}

/** `Component.Variable`, with an instance of either in brackets, and `@1` or `@1:2` for those of an EVSE or its connector. */
export function nameOf(result: Payload): string {
  return ['component', 'variable'].map((part) => named(partOf(result, part))).join('.')
}

function named(part: Payload): string {
  const { name, instance } = part
  const { id, connectorId } = partOf(part, 'evse')
  const inside = instance === undefined ? '' : `[${String(instance)}]`
  const place = id === undefined ? '' : connectorId === undefined ? `@${id}` : `@${id}:${connectorId}`
  return `${String(name)}${inside}${place}`
}
