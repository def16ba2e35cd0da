/** The settings of a contract as the outside spells them: one table for the API, the command line and the documents. */
import type { ContractTerms } from '../settings.ts'

/** Whole seconds, least and most. */
export type Range = readonly [least: number, most: number]

export type SettingKind =
  | { readonly kind: 'seconds'; readonly range: Range }
  | { readonly kind: 'seconds-list'; readonly range: Range }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'yes-no' }
  | { readonly kind: 'share' }
  | { readonly kind: 'count' }
  | { readonly kind: 'text' }
  | { readonly kind: 'list'; readonly like: RegExp; readonly example: string }
  /** Minor units by currency. */
  | { readonly kind: 'minor' }
  | { readonly kind: 'minor-list' }

/** Where a setting ends up; the two limits of the hold are one field inside. */
export type TermField = Exclude<keyof ContractTerms, 'holdLimitsMinor'> | 'minMinor' | 'maxMinor'

export interface ContractSetting {
  readonly name: string
  readonly field: TermField
  readonly value: SettingKind
  readonly about: string
}

/**
 * A wait of nothing would ask without a pause. The CDR is decided about at the first look after the chase: both together,
 * and an hour for the provider, are the day in which the schemes want it. (F57)
 */
export const WAITS = {
  startGrace: [0, 600],
  plugInWindow: [5, 3600],
  sessionPoll: [5, 3600],
  cdrDeadline: [10, 7200],
  cdrChase: [900, 75_600],
  cdrAlarms: [60, 75_600],
  decide: [3600, 75_600],
  adviceRetry: [10, 86_400],
} as const satisfies Readonly<Record<string, Range>>

const seconds = (wait: keyof typeof WAITS) => ({ kind: 'seconds', range: WAITS[wait] }) as const
const minor = { kind: 'minor' } as const
const count = { kind: 'count' } as const
const choice = (...of: readonly string[]) => ({ kind: 'choice', of }) as const

export const CONTRACT_SETTINGS: readonly ContractSetting[] = [
  {
    name: 'start_grace_s',
    field: 'startGraceMs',
    value: seconds('startGrace'),
    about: "added to the CPO's timeout before a start counts as failed",
  },
  {
    name: 'plug_in_window_s',
    field: 'plugInWindowMs',
    value: seconds('plugInWindow'),
    about: 'from "the charger accepted" to a car on the cable',
  },
  {
    name: 'session_poll_s',
    field: 'sessionPollMs',
    value: seconds('sessionPoll'),
    about: 'silence of a session after which it is looked for, and stopped when the hold might be passed',
  },
  {
    name: 'cdr_deadline_s',
    field: 'cdrDeadlineMs',
    value: seconds('cdrDeadline'),
    about: 'between two looks for a CDR that has not come; also how long a credited CDR may take to be replaced',
  },
  {
    name: 'cdr_chase_s',
    field: 'cdrChaseForMs',
    value: seconds('cdrChase'),
    about: 'from the end of the session to the decision without a CDR',
  },
  {
    name: 'cdr_alarms_s',
    field: 'cdrAlarmsMs',
    value: { kind: 'seconds-list', range: WAITS.cdrAlarms },
    about: 'after the end of the session: when an operator is told that the CDR is overdue',
  },
  {
    name: 'decide_s',
    field: 'decideWithinMs',
    value: seconds('decide'),
    about: 'from the end of the session: how long an operator may decide about a doubted CDR, before no_cdr does',
  },
  {
    name: 'advice_retry_max_s',
    field: 'adviceRetryMaxMs',
    value: seconds('adviceRetry'),
    about: 'longest pause between two attempts to deliver a financial advice, which goes on for 90 days',
  },
  {
    name: 'no_cdr',
    field: 'noCdr',
    value: choice('void', 'session-cost'),
    about: 'that decision: give the hold back, or capture what the last Session costs under the accepted tariff',
  },
  {
    name: 'cdr_check',
    field: 'cdrCheck',
    value: choice('quarantine', 'flag'),
    about:
      'a CDR that asks more than the accepted tariff gives, or cannot be checked: wait for an operator, or capture and say so',
  },
  {
    name: 'over_hold',
    field: 'overHold',
    value: choice('partial', 'raise'),
    about: 'a CDR above the hold: capture the hold, or ask the provider for the rest first, up to hold_max_minor',
  },
  {
    name: 'refunds',
    field: 'refunds',
    value: choice('automatic', 'operator'),
    about: 'a credit CDR: pay back, or wait for an operator',
  },
  {
    name: 'hold_strategy',
    field: 'holdStrategy',
    value: choice('full', 'increments', 'driver', 'capped'),
    about: 'what the tariff asks for; a small hold that grows; what the driver chooses; never more than a fixed sum',
  },
  { name: 'hold_first_minor', field: 'holdFirstMinor', value: minor, about: 'increments: the first hold' },
  { name: 'hold_step_minor', field: 'holdStepMinor', value: minor, about: 'increments: what each raise adds' },
  {
    name: 'hold_choices_minor',
    field: 'holdChoicesMinor',
    value: { kind: 'minor-list' },
    about: 'driver: what may be chosen',
  },
  { name: 'hold_cap_minor', field: 'holdCapMinor', value: minor, about: 'capped: the most that is held' },
  {
    name: 'hold_default_minor',
    field: 'defaultHoldMinor',
    value: minor,
    about: 'hold when the tariff names no amount; without one the tariff is not sold',
  },
  { name: 'hold_min_minor', field: 'minMinor', value: minor, about: 'the least hold' },
  {
    name: 'hold_max_minor',
    field: 'maxMinor',
    value: minor,
    about: 'the highest hold, also of all raises together; without one nothing above the default hold is sold',
  },
  {
    name: 'card_holds',
    field: 'cardHolds',
    value: count,
    about: 'payments that are not over which one card may have at once; more for cards of a fleet; 0: any number',
  },
  { name: 'card_taps', field: 'cardTaps', value: count, about: 'taps of one card within ten minutes; 0: any number' },
  {
    name: 'terminal_taps',
    field: 'terminalTaps',
    value: count,
    about: 'taps at one terminal within ten minutes; 0: any number',
  },
  {
    name: 'minimum_hold_share',
    field: 'minimumHoldShare',
    value: { kind: 'share' },
    about: 'a partial approval below this share of what was asked is given back',
  },
  {
    name: 'currencies',
    field: 'currencies',
    value: { kind: 'list', like: /^[A-Z]{3}$/, example: 'EUR,GBP' },
    about: 'only these are sold; empty: all',
  },
  {
    name: 'languages',
    field: 'languages',
    value: { kind: 'list', like: /^[a-z]{2}$/, example: 'nl,de' },
    about: 'only these are offered beside English; empty: all that the tariffs have',
  },
  {
    name: 'allow_regular_tariff',
    field: 'allowRegularTariff',
    value: { kind: 'yes-no' },
    about: 'sell tariffs of type REGULAR where a connector has no other',
  },
  {
    name: 'invoice_creator',
    field: 'invoiceCreator',
    value: choice('CPO', 'PTP'),
    about: 'who makes the invoice; not set: as the Terminal says',
  },
  {
    name: 'invoice_hosts',
    field: 'invoiceHosts',
    value: { kind: 'list', like: /^[a-z0-9.-]{1,253}$/, example: 'cpo.example,invoices.cpo.example' },
    about: 'only at these hosts may a CPO place its invoices, to which drivers are led; empty: at all',
  },
  {
    name: 'psp_account',
    field: 'pspAccount',
    value: { kind: 'text' },
    about: "account at the provider, by its configured name; not set: the platform's own",
  },
]

const MOST_MINOR = 100_000_000
/** Of a count. */
export const MOST_COUNT = 1_000

type Read = { readonly value: unknown } | { readonly rule: string }

const whole = (value: unknown, most: number, least = 0): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function byCurrency(value: unknown, fits: (one: unknown) => boolean): boolean {
  return isRecord(value) && Object.entries(value).every(([code, one]) => /^[A-Z]{3}$/.test(code) && fits(one))
}

/** What JSON may say for a setting. Inside, seconds become ms. */
export function readSetting({ value: of }: ContractSetting, given: unknown): Read {
  const ok = (fits: boolean, rule: string): Read => (fits ? { value: given } : { rule })
  switch (of.kind) {
    case 'seconds': {
      const [least, most] = of.range
      return whole(given, most, least) ? { value: given * 1000 } : { rule: `whole seconds from ${least} to ${most}` }
    }
    case 'seconds-list': {
      const [least, most] = of.range
      return Array.isArray(given) && given.length <= 10 && given.every((one) => whole(one, most, least))
        ? { value: given.map((one: number) => one * 1000) }
        : { rule: `a list of at most 10 whole seconds from ${least} to ${most}` }
    }
    case 'choice':
      return ok(typeof given === 'string' && of.of.includes(given), `one of ${of.of.join(', ')}`)
    case 'yes-no':
      return ok(typeof given === 'boolean', 'true or false')
    case 'share':
      return ok(typeof given === 'number' && given >= 0 && given <= 1, 'a number from 0 to 1')
    case 'count':
      return ok(whole(given, MOST_COUNT), `a whole number from 0 to ${MOST_COUNT}`)
    case 'text':
      return ok(
        typeof given === 'string' && /^[\x21-\x7e]{1,64}$/.test(given),
        '1 to 64 printable characters without spaces',
      )
    case 'list':
      return ok(
        Array.isArray(given) &&
          given.length <= 50 &&
          given.every((one) => typeof one === 'string' && of.like.test(one)),
        `a list like ${of.example}`,
      )
    case 'minor':
      return ok(
        byCurrency(given, (one) => whole(one, MOST_MINOR)),
        'whole minor units by currency, each once and without a decimal point: EUR:5000 for 50.00 EUR',
      )
    case 'minor-list':
      return ok(
        byCurrency(
          given,
          (one) =>
            Array.isArray(one) &&
            one.length > 0 &&
            one.length <= 8 &&
            one.every((each) => whole(each, MOST_MINOR) && each > 0),
        ),
        'whole minor units by currency, each once and without a decimal point: EUR:1000/2000 for 10.00 and 20.00 EUR',
      )
  }
}

/** The text of a command line as the JSON of the setting; undefined when it cannot be one. */
export function settingFromText({ value }: ContractSetting, text: string): unknown {
  const numberOf = (part: string) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : part)
  // 50.00 as a number is 50, and would be a hundredth of what was meant.
  const minorOf = (part: string) => (/^\d+$/.test(part) ? Number(part) : part)
  const parts = text === '' ? [] : text.split(',')
  switch (value.kind) {
    case 'seconds':
    case 'share':
    case 'count':
      return numberOf(text)
    case 'seconds-list':
      return parts.map(numberOf)
    case 'yes-no':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'list':
      return parts
    case 'minor':
    case 'minor-list': {
      const amounts = new Map(
        parts.map((part) => {
          const [code = '', ...rest] = part.split(':')
          const amount = rest.join(':')
          return [code, value.kind === 'minor' ? minorOf(amount) : amount.split('/').map(minorOf)]
        }),
      )
      return amounts.size === parts.length ? Object.fromEntries(amounts) : text
    }
    default:
      return text
  }
}

export const settingNamed = (name: string): ContractSetting | undefined =>
  CONTRACT_SETTINGS.find((setting) => setting.name === name)
