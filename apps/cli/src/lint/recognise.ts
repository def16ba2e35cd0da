/** What a JSON object is, by the fields it has, and which version of OCPI spells it so. */
import { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import {
  CancelReservation,
  CommandResponse,
  CommandResult,
  ReserveNow,
  StartSession,
  StopSession,
  UnlockConnector,
} from '@plugtill/ocpi/modules/commands'
import { Credentials } from '@plugtill/ocpi/modules/credentials'
import { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import { FinancialAdviceConfirmation, Terminal } from '@plugtill/ocpi/modules/payments'
import { ChargingPreferences, Session } from '@plugtill/ocpi/modules/sessions'
import { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { AuthorizationInfo, Token } from '@plugtill/ocpi/modules/tokens'
import { VersionDetails, Versions } from '@plugtill/ocpi/modules/versions'
import { partial } from '@plugtill/ocpi/types'
import type { Finding } from '@plugtill/ocpi/validate'
import { isObject, type SpokenVersion } from '@plugtill/ocpi/versions/codec'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'

/** How a shape is looked at here: which fields it has and which of them it must have. */
type Shape = Parameters<ReturnType<typeof codecOf>['read']>[0]
interface Fields {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

/** In the order in which they are preferred when several fit alike. */
const KINDS: readonly (readonly [name: string, shape: Shape])[] = [
  ['Tariff', Tariff],
  ['CDR', CdrReceived],
  ['Session', Session],
  ['Location', Location],
  ['EVSE', Evse],
  ['Connector', Connector],
  ['Terminal', Terminal],
  ['FinancialAdviceConfirmation', FinancialAdviceConfirmation],
  ['Token', Token],
  ['AuthorizationInfo', AuthorizationInfo],
  ['Credentials', Credentials],
  ['VersionDetails', VersionDetails],
  ['StartSession', StartSession],
  ['ReserveNow', ReserveNow],
  ['CommandResponse', CommandResponse],
  ['CommandResult', CommandResult],
  ['ChargingPreferences', ChargingPreferences],
  ['UnlockConnector', UnlockConnector],
  ['StopSession', StopSession],
  ['CancelReservation', CancelReservation],
]

export type Version = SpokenVersion | '2.2.1 and 2.3.0' | '2.1.1'

export interface Recognised {
  readonly kind: string
  /** Only some fields, as a PATCH sends them. */
  readonly partial: boolean
  readonly version: Version
  /** In the words of 2.3.0; absent when the shape is wrong. */
  readonly value?: unknown
  readonly findings: readonly Finding[]
  /** Fields the shape does not know. */
  readonly unknown: readonly string[]
}

const NEW_WORDS = new Set(['before_taxes', 'after_taxes', 'taxes', 'tax_included', 'hub_party_id', 'parking_places'])
const OLD_WORDS = ['auth_id', 'stop_date_time', 'start_datetime', 'end_datetime', 'business_details']

/** The kind and version of a value; undefined when it looks like nothing of OCPI. */
export function recognise(value: unknown): Recognised | undefined {
  if (Array.isArray(value))
    return { ...read('2.2.1 and 2.3.0', Versions, value), kind: 'Versions', partial: false, unknown: [] }
  if (!isObject(value)) return undefined
  const names = Object.keys(value)
  const best = KINDS.map(([kind, shape]) => ({ kind, shape, score: scoreOf(names, shape as Fields) })).reduce((a, b) =>
    b.score > a.score ? b : a,
  )
  const known = names.filter((name) => name in ((best.shape as Fields).properties ?? {}))
  if (best.score < 0.4 || known.length === 0) return undefined
  const required = (best.shape as Fields).required ?? []
  const given = required.filter((name) => names.includes(name)).length
  const isPart = given < required.length / 2 && known.length === names.length
  const shape = isPart ? (partial(best.shape as Parameters<typeof partial>[0]) as Shape) : best.shape
  const unknown = names.filter((name) => !known.includes(name))
  return { ...read(versionOf(best.kind, shape, value), shape, value), kind: best.kind, partial: isPart, unknown }
}

/** How many of its fields the shape knows, and how many of those it needs are there. */
function scoreOf(names: readonly string[], { properties = {}, required = [] }: Fields): number {
  const known = names.filter((name) => name in properties).length / Math.max(1, names.length)
  const needed = required.filter((name) => names.includes(name)).length / Math.max(1, required.length)
  return known === 0 ? 0 : known * 0.6 + needed * 0.4
}

function versionOf(kind: string, shape: Shape, value: Readonly<Record<string, unknown>>): Version {
  if (hasWord(value, NEW_WORDS)) return '2.3.0'
  const old = OLD_WORDS.some((word) => word in value) || (kind === 'CDR' && isObject(value['location']))
  if (old && kind !== 'Location') return '2.1.1'
  const [current, legacy] = (['2.3.0', '2.2.1'] as const).map(
    (version) => 'value' in codecOf(version).read(shape, value),
  )
  if (current && legacy) return '2.2.1 and 2.3.0'
  if (current || legacy) return current ? '2.3.0' : '2.2.1'
  const count = (version: SpokenVersion) => {
    const said = codecOf(version).read(shape, value)
    return 'findings' in said ? said.findings.length : 0
  }
  return count('2.2.1') < count('2.3.0') ? '2.2.1' : '2.3.0'
}

function hasWord(value: unknown, words: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((one) => hasWord(one, words))
  return isObject(value) && Object.entries(value).some(([name, inner]) => words.has(name) || hasWord(inner, words))
}

function read(version: Version, shape: Shape, value: unknown): Pick<Recognised, 'version' | 'value' | 'findings'> {
  const said = codecOf(version === '2.2.1' ? '2.2.1' : '2.3.0').read(shape, value)
  return 'findings' in said ? { version, findings: said.findings } : { version, value: said.value, findings: [] }
}

/** A value as one shape in any version we speak; for calculations, which need not know who was right. */
export function readAs(
  kind: string,
  value: unknown,
): { readonly value: unknown } | { readonly findings: readonly Finding[] } {
  const shape = KINDS.find(([name]) => name === kind)?.[1] ?? Tariff
  const said = codecOf('2.3.0').read(shape, value)
  if ('value' in said) return said
  const older = codecOf('2.2.1').read(shape, value)
  return 'value' in older ? older : said
}
