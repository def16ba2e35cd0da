/** Everything that can be set: environment variable, flag, default, and what is possible. Read once, at the start. */
import { type Range, WAITS } from '@plugtill/ptp/contracts/contract-settings'
import { wrongUsage } from './exit.ts'
import { nearest } from './nearest.ts'
import { OCPP_SETTINGS, type OcppConfig, wrongInOcpp } from './ocpp-settings.ts'
import { OIDC_SETTINGS, type OidcConfig, wrongInOidc } from './oidc-settings.ts'
import { ACCOUNTS_SETTING, PSP_SETTINGS, type PspConfig, wrongInPsp } from './psp-settings.ts'
import { address, number, oneOf, plain, whole, yesNo } from './read-setting.ts'
import { SERVE_SETTINGS, type ServeConfig } from './serve-settings.ts'
import { type Setting, setting } from './setting.ts'

export interface Config extends PspConfig, OcppConfig, OidcConfig, ServeConfig {
  readonly port: number
  readonly host: string
  /** Where partners and drivers reach us, without trailing slash; from host and port when not given. */
  readonly publicUrl: string | undefined
  readonly data: string
  readonly databaseUrl: string | undefined
  readonly apiKey: string | undefined
  /** Undefined: not said. A sandbox on loopback then allows them, everything else does not. */
  readonly allowPrivatePeers: boolean | undefined
  /** A file with the sites of the CPO instead of the demo sites. */
  readonly sites: string | undefined
  /** Charging points of a car park with one terminal for all of them. */
  readonly carPark: number
  readonly speed: number
  readonly logLevel: LogLevel
  readonly startGraceS: number
  readonly plugInWindowS: number
  readonly sessionPollS: number
  readonly cdrDeadlineS: number
  readonly adviceRetryMaxS: number
  readonly locationsPollS: number
  readonly cdrsPollS: number
  readonly tokenRenewalS: number
  readonly reconcileHour: number
  /** A file with further accounts at payment providers. */
  readonly pspAccounts: string | undefined
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

function publicAddress(text: string) {
  const read = address(['http:', 'https:'], 'https://pay.example')(text)
  if ('rule' in read) return read
  const { search, hash, username } = new URL(text)
  return search || hash || username ? { rule: 'an address without query, fragment and user' } : read
}

/** More than any tablet stands before. */
const MOST_POINTS = 500
/** Longest pause that makes sense between two looks. */
const WEEK_S = 604_800
const DAYS_30_S = 2_592_000
const wait = (name: keyof Config, about: string, seconds: number, [least, most]: Range): Setting =>
  setting(name, 'SECONDS', { about, default: String(seconds), read: whole(least, most) })

export const SETTINGS: readonly Setting[] = [
  {
    name: 'port',
    env: 'PORT',
    flag: '--port',
    value: 'N',
    about: 'port of everything (0: any free one)',
    default: '8080',
    read: whole(0, 65_535),
  },
  {
    name: 'host',
    env: 'PLUGTILL_HOST',
    flag: '--host',
    value: 'ADDRESS',
    about: 'address to listen on; another than loopback needs an API key',
    default: '127.0.0.1',
    read: plain(/^[A-Za-z0-9.:_-]{1,255}$/, 'a host name or an IP address'),
  },
  {
    name: 'publicUrl',
    env: 'PLUGTILL_PUBLIC_URL',
    flag: '--public-url',
    value: 'URL',
    about: 'how partners and drivers reach this platform',
    default: undefined,
    read: publicAddress,
  },
  {
    name: 'data',
    env: 'PLUGTILL_DATA',
    flag: '--data',
    value: 'DIR',
    about: 'folder of the embedded databases',
    default: '.plugtill',
    read: plain(/^[^\0]{1,4096}$/, 'the path of a folder'),
  },
  {
    name: 'databaseUrl',
    env: 'DATABASE_URL',
    flag: '--database-url',
    value: 'URL',
    about: 'PostgreSQL instead of the embedded database',
    default: undefined,
    secret: true,
    read: address(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database'),
  },
  {
    name: 'apiKey',
    env: 'PLUGTILL_API_KEY',
    flag: '--api-key',
    value: 'KEY',
    about: 'demanded from who uses the admin APIs',
    default: undefined,
    secret: true,
    read: plain(/^[\x21-\x7e]{8,200}$/, '8 to 200 printable characters without spaces'),
  },
  {
    name: 'allowPrivatePeers',
    env: 'PLUGTILL_ALLOW_PRIVATE_PEERS',
    flag: '--allow-private-peers',
    value: 'true|false',
    about: 'partners may have http and private addresses',
    default: undefined,
    read: yesNo,
  },
  {
    name: 'sites',
    env: 'PLUGTILL_SITES',
    flag: '--sites',
    value: 'FILE',
    about: 'sites and tariffs of the CPO (YAML or JSON) instead of the demo sites',
    default: undefined,
    read: plain(/^[^\0]{1,4096}$/, 'the path of a file'),
  },
  {
    name: 'carPark',
    env: 'PLUGTILL_CAR_PARK',
    flag: '--car-park',
    value: 'N',
    about: 'charging points of a simulated car park with one terminal for all of them (0: no car park)',
    default: '0',
    read: whole(0, MOST_POINTS),
  },
  {
    name: 'speed',
    env: 'PLUGTILL_SPEED',
    flag: '--speed',
    value: 'N',
    about: 'its own chargers and their meters run N times faster',
    default: '1',
    read: number(0.1, 3600),
  },
  {
    name: 'logLevel',
    env: 'PLUGTILL_LOG_LEVEL',
    flag: '--log-level',
    value: LOG_LEVELS.join('|'),
    about: 'what is logged to stderr',
    default: 'error',
    read: oneOf(LOG_LEVELS),
  },
  wait('startGraceS', "added to the CPO's timeout before a start counts as failed", 30, WAITS.startGrace),
  wait('plugInWindowS', 'from "the charger accepted" to a car on the cable', 300, WAITS.plugInWindow),
  wait('sessionPollS', 'between two looks at a session that is not reported', 300, WAITS.sessionPoll),
  wait('cdrDeadlineS', 'how long a CDR may take after the end of charging', 900, WAITS.cdrDeadline),
  wait('adviceRetryMaxS', 'longest pause between two attempts to deliver a financial advice', 3600, [1, WEEK_S]),
  wait('locationsPollS', 'between two looks at what changed at the sites of a CPO', 3600, [1, WEEK_S]),
  wait('cdrsPollS', 'between two looks at the new CDRs of a CPO', 720, [1, 3600]),
  wait('tokenRenewalS', 'age at which the tokens of a partner are renewed (0: never)', DAYS_30_S, [0, DAYS_30_S]),
  setting('reconcileHour', 'H', {
    about: 'hour of the day, in UTC, at which all books are compared',
    default: '3',
    read: whole(0, 23),
  }),
  ...OCPP_SETTINGS,
  ...PSP_SETTINGS,
  ACCOUNTS_SETTING,
  ...OIDC_SETTINGS,
  ...SERVE_SETTINGS,
]

/** Variables of other tools of this repository. */
const FOREIGN = /^PLUGTILL_(TEST_|API$)/

export interface Given {
  readonly env: Readonly<Record<string, string | undefined>>
  /** By setting name, as the command line gave them. */
  readonly flags?: Readonly<Record<string, string | undefined>>
  /** What the command at hand begins with instead of the usual default. */
  readonly presets?: Readonly<Record<string, string>>
}

export interface Origin {
  readonly setting: Setting
  readonly text: string | undefined
  readonly from: 'flag' | 'environment' | 'default'
}

/** Where each value comes from; a flag beats the environment. An empty variable counts as not set. */
export function originsOf({ env, flags = {}, presets = {} }: Given): readonly Origin[] {
  return SETTINGS.map((setting): Origin => {
    const flag = flags[setting.name]
    if (flag !== undefined) return { setting, text: flag, from: 'flag' }
    const variable = env[setting.env]
    if (variable !== undefined && variable !== '') return { setting, text: variable, from: 'environment' }
    return { setting, text: presets[setting.name] ?? setting.default, from: 'default' }
  })
}

/** Throws one line (exit 2) for an unknown variable or an impossible value. */
export function readConfig(given: Given): Config {
  refuseUnknown(given.env)
  const values = originsOf(given).map(({ setting, text, from }) => {
    if (text === undefined) return [setting.name, undefined]
    const read = setting.read(text)
    if ('value' in read) return [setting.name, read.value]
    const called = from === 'flag' ? setting.flag : setting.env
    throw wrongUsage(`${called} is "${setting.secret ? '***' : shortened(text)}"; it has to be ${read.rule}.`)
  })
  const config = Object.fromEntries(values) as Config
  if (!isLoopback(config.host) && config.apiKey === undefined) {
    throw wrongUsage(
      `${config.host} can be reached from other machines: set PLUGTILL_API_KEY as well, or listen on 127.0.0.1.`,
    )
  }
  const wrong = wrongInPsp(config) ?? wrongInOcpp(config) ?? wrongInOidc(config)
  if (wrong !== undefined) throw wrongUsage(wrong)
  return config
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

function refuseUnknown(env: Given['env']): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith('PLUGTILL_') || FOREIGN.test(name) || SETTINGS.some((setting) => setting.env === name))
      continue
    const near = nearest(
      name,
      SETTINGS.map((setting) => setting.env),
    )
    throw wrongUsage(
      `${name} is no setting of Plugtill.${near ? ` Did you mean ${near}?` : ''} "plugtill config" shows all.`,
    )
  }
}

/** A secret as it may be shown: that it is there, and of an address where it leads. */
export function masked({ setting, text }: Origin): string | null {
  if (text === undefined) return null
  if (!setting.secret) return text
  if (setting.name !== 'databaseUrl' || !URL.canParse(text)) return '***'
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//***@${host}${pathname}`
}

/** What would be used now, and where each value comes from; secrets are masked. */
export const describedSettings = (given: Given) =>
  originsOf(given).map((origin) => ({
    name: origin.setting.env,
    flag: origin.setting.flag,
    value: masked(origin),
    from: origin.from,
    about: origin.setting.about,
  }))
