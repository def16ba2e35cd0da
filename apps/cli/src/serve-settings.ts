/** What a platform with production settings has to know beside what every process does. */
import type { Config, Origin } from './config.ts'
import { isLoopback } from './config.ts'
import { plain, whole } from './read-setting.ts'
import { type Setting, setting } from './setting.ts'

export interface ServeConfig {
  /** How the platform calls itself to its partners. */
  readonly name: string | undefined
  readonly countryCode: string | undefined
  readonly partyId: string | undefined
  /** What keys at the provider, sessions and terminal keys are made from; absent: a file in the data folder. */
  readonly keySecret: string | undefined
  /** Whose X-Forwarded headers count, as Fastify reads it. */
  readonly trustProxy: string | undefined
  readonly stopS: number
}

const PROXIES =
  /^(?:loopback|linklocal|uniquelocal|[0-9a-f.:]+(?:\/\d{1,3})?)(?:,(?:loopback|linklocal|uniquelocal|[0-9a-f.:]+(?:\/\d{1,3})?))*$/i

export const SERVE_SETTINGS: readonly Setting[] = [
  setting('name', 'NAME', {
    about: 'serve: how partners see this platform named',
    read: plain(/^[^\p{C}]{1,100}$/u, '1 to 100 printable characters'),
  }),
  setting('countryCode', 'CC', {
    about: 'serve: country of the party this platform speaks for',
    read: plain(/^[A-Z]{2}$/, 'two capital letters of ISO 3166'),
  }),
  setting('partyId', 'PID', {
    about: 'serve: id of that party',
    read: plain(/^[A-Z0-9]{3}$/, 'three capital letters or digits (ISO 15118)'),
  }),
  setting('keySecret', 'SECRET', {
    about: 'serve: the secret of all nodes on one database, instead of the file key-secret in the data folder',
    secret: true,
    read: plain(/^[\w-]{32,200}$/, '32 to 200 letters, digits, - and _'),
  }),
  setting('trustProxy', 'A,B', {
    about: 'serve: addresses or networks of the proxies whose X-Forwarded headers count; loopback is this machine',
    read: plain(PROXIES, 'addresses, networks like 10.0.0.0/8, or loopback, separated by commas'),
  }),
  setting('stopS', 'SECONDS', {
    about: 'serve: how long a stop may take to finish what runs',
    default: '20',
    read: whole(0, 3_600),
  }),
].map((one) => ({ ...one, only: 'serve' as const }))

export type Platform = 'ptp' | 'cpo'

/** Others than this machine reach it: by the address it listens on, or through a proxy by its public address. */
const reachable = ({ host, publicUrl }: Config): boolean =>
  !isLoopback(host) || (publicUrl !== undefined && !isLoopback(hostOf(publicUrl)))

const hostOf = (url: string) => new URL(url).hostname.replace(/^\[|\]$/g, '')

/** Nothing is open, nameless or simulated by accident where others reach it. One line, or undefined. */
export function wrongInServe(config: Config, origins: readonly Origin[], platform: Platform): string | undefined {
  if (!reachable(config)) return undefined
  const unsaid = (name: keyof Config) =>
    origins.some(({ setting: one, from }) => one.name === name && from === 'default')
  const needed: readonly (keyof Config)[] = [
    ...(['apiKey', 'publicUrl', 'countryCode', 'partyId'] as const),
    ...(platform === 'ptp' ? (['psp'] as const) : []),
  ]
  const missing = origins.filter(({ setting: one }) => needed.includes(one.name) && unsaid(one.name))
  if (missing.length === 0) return undefined
  const simulated = missing.some(({ setting: one }) => one.name === 'psp') ? ' ("simulated" has to be said)' : ''
  const where = isLoopback(config.host) ? config.publicUrl : config.host
  return `${where} can be reached from other machines: set ${missing.map(({ setting: one }) => one.env).join(', ')} as well${simulated}.`
}
