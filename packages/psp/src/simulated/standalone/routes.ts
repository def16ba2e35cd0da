/** Every path of the simulated service. Bodies are those of the port, so that whoever knows one knows the other. */
import type { Money } from '../../psp.ts'
import { PspError } from '../../psp.ts'
import { misbehaviours } from './misbehaviours.ts'
import type { Counter } from './serve.ts'

export interface Params {
  readonly id: string
  readonly query: URLSearchParams
  readonly key: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: RegExp
  /** Moves money: it carries a key, and may get lost. */
  readonly money: boolean
  readonly run: (counter: Counter, params: Params) => Promise<object>
}

const text = ({ body }: Params, name: string): string => {
  const value = body[name]
  if (typeof value === 'string' && value.length <= 255) return value
  throw new PspError('refused', `"${name}" has to be a text of at most 255 characters.`)
}

function money({ body }: Params, name: string): Money {
  const { amountMinor, currency } = (body[name] ?? {}) as Partial<Money>
  if (typeof amountMinor === 'number' && typeof currency === 'string') return { amountMinor, currency }
  throw new PspError('refused', `"${name}" has to be {amountMinor, currency}.`)
}

function instant({ query }: Params, name: string): number {
  const value = query.get(name) ?? ''
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new PspError('refused', `?${name}= has to be an instant in milliseconds.`)
}

const post = (path: RegExp, run: Route['run']): Route => ({ method: 'POST', path, money: true, run })
const get = (path: RegExp, run: Route['run']): Route => ({ method: 'GET', path, money: false, run })

function verifiedBy(given: Params): 'pin' | 'phone' {
  const how = text(given, 'verified')
  if (how === 'pin' || how === 'phone') return how
  throw new PspError('refused', `"${how}" is no way to verify a cardholder: pin or phone.`)
}

export const routes: readonly Route[] = [
  get(/^\/v1\/about$/, async ({ increments }) => ({ name: 'simulated', increments })),
  post(/^\/v1\/payments$/, ({ psp }, given) =>
    psp.authorize({
      key: given.key,
      reference: text(given, 'reference'),
      terminalId: text(given, 'terminalId'),
      card: text(given, 'card'),
      amount: money(given, 'amount'),
      ...(given.body['verified'] !== undefined && { verified: verifiedBy(given) }),
      ...(given.body['consentRef'] !== undefined && { consentRef: text(given, 'consentRef') }),
    }),
  ),
  post(/^\/v1\/payments\/([^/]+)\/increments$/, async (counter, given) => {
    const newTotal = counter.increments === 'total' ? money(given, 'newTotal') : await totalOf(counter, given)
    return counter.psp.increment({ key: given.key, pspReference: given.id, newTotal })
  }),
  post(/^\/v1\/payments\/([^/]+)\/reductions$/, ({ psp }, given) =>
    psp.reduce({ key: given.key, pspReference: given.id, newTotal: money(given, 'newTotal') }),
  ),
  post(/^\/v1\/payments\/([^/]+)\/captures$/, ({ psp }, given) =>
    psp.capture({
      key: given.key,
      pspReference: given.id,
      amount: money(given, 'amount'),
      cdrRef: text(given, 'cdrRef'),
    }),
  ),
  post(/^\/v1\/payments\/([^/]+)\/voids$/, ({ psp }, given) =>
    psp.void({ key: given.key, pspReference: given.id, reason: text(given, 'reason') }),
  ),
  post(/^\/v1\/payments\/([^/]+)\/refunds$/, ({ psp }, given) =>
    psp.refund({
      key: given.key,
      pspReference: given.id,
      amount: money(given, 'amount'),
      creditRef: text(given, 'creditRef'),
    }),
  ),
  get(/^\/v1\/payments\/([^/]+)$/, async ({ psp }, { id }) => ({ payment: await psp.query({ pspReference: id }) })),
  get(/^\/v1\/payments$/, async ({ psp }, given) => {
    const reference = given.query.get('reference')
    if (reference === null) {
      const until = given.query.has('until') ? { until: instant(given, 'until') } : {}
      return { payments: await psp.list({ since: instant(given, 'since'), ...until }) }
    }
    return { payment: await psp.query({ reference }) }
  }),
  get(/^\/v1\/cards\/([^/]+)$/, ({ psp }, { id }) => psp.identify(id)),
  get(/^\/v1\/settlement$/, async ({ psp }, given) => ({
    lines: await psp.settlement({ since: instant(given, 'since'), until: instant(given, 'until') }),
  })),
  get(/^\/v1\/ledger$/, async ({ ledger }) => ({ entries: ledger.entries() })),
  get(/^\/v1\/misbehaviours$/, async ({ misbehaving }) => ({ active: misbehaving(), known: misbehaviours })),
  {
    method: 'PUT',
    path: /^\/v1\/misbehaviours$/,
    money: false,
    run: async ({ misbehave, misbehaving }, { body }) => {
      const names = body['active']
      if (!Array.isArray(names)) throw new PspError('refused', '"active" has to be a list of names.')
      misbehave(names.map(String))
      return { active: misbehaving() }
    },
  },
]

/** What is added becomes a new total; a key that was seen before keeps the total it had then. (F35) */
async function totalOf({ psp, ledger }: Counter, given: Params): Promise<Money> {
  const before = ledger.entries().find(({ key, operation }) => key === given.key && operation === 'increment')
  if (before) return before.amount
  const added = money(given, 'added')
  const held = (await psp.query({ pspReference: given.id }))?.authorized.amountMinor ?? 0
  return { amountMinor: held + added.amountMinor, currency: added.currency }
}
