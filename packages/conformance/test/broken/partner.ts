/** The correct platforms that faults are planted into. */
import type { Party } from '@plugtill/ocpi/peers'
import type { Send, Serve, WireResponse } from '@plugtill/ocpi/wire'
import { toText } from '@plugtill/pricing/decimal'
import { currencyDigits, grossOf } from '@plugtill/pricing/money'
import type { Target, Version } from '../../src/catalogue.ts'
import type { Desk, Invitation } from '../../src/desk.ts'
import { createLeanCpo, type LeanCpo, type LeanCpoOptions } from '../../src/lean-cpo.ts'
import { DEAR, STREET } from '../../src/lean-cpo-sites.ts'
import { createLeanPtp, type LeanPtp, type LeanPtpOptions } from '../../src/lean-ptp.ts'
import type { OperatorStep } from '../../src/scenario.ts'
import { numbered, sha256 } from '../network.ts'
import type { TestClock } from '../test-clock.ts'

export interface PartnerParts {
  readonly target: Target
  readonly version: Version
  readonly clock: TestClock
  readonly send: Send
  /** Options of the lean platform. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A platform under test. */
export interface Partner {
  readonly serve: Serve
  readonly invite: () => Promise<Invitation>
  /** What a person does at this platform when the judge asks for it. */
  readonly operator: (step: OperatorStep) => Promise<void>
}

export const PARTIES: Readonly<Record<Target, Party>> = {
  cpo: { countryCode: 'NL', partyId: 'ABC', role: 'CPO', name: 'ABC Charging' },
  ptp: { countryCode: 'DE', partyId: 'PAY', role: 'PTP', name: 'Pay at the Kerb' },
}

/** How the platform calls itself, where an option says otherwise. */
interface Naming {
  readonly name?: string
  readonly lowerCase?: boolean
  /** So many further parties on the platform. */
  readonly also?: number
}

function partyOf(target: Target, { name, lowerCase = false, also = 0 }: Naming): Party {
  const { countryCode, partyId, ...rest } = PARTIES[target]
  const spelled = lowerCase
    ? { countryCode: countryCode.toLowerCase(), partyId: partyId.toLowerCase() }
    : { countryCode, partyId }
  const more = Array.from({ length: also }, (_, index) => ({ ...rest, countryCode: 'BE', partyId: `Z${index}Z` }))
  return { ...rest, ...spelled, name: name ?? rest.name, ...(also === 0 ? {} : { also: more }) }
}

export const ORIGIN = 'https://partner.example'

export function partnerOf({ target, version, clock, send, options }: PartnerParts): Partner {
  const parts = {
    party: partyOf(target, options),
    baseUrl: `${ORIGIN}/ocpi`,
    version,
    clock,
    send,
    hash: sha256,
    patienceMs: 30_000,
    pageSize: 50,
    ...numbered('partner'),
    ...options,
  }
  if (target === 'cpo') return cpoWith(createLeanCpo(parts, { ...USUAL, ...(options as LeanCpoOptions) }))
  const ptp = createLeanPtp(parts, options as LeanPtpOptions)
  return { ...partnerWith(ptp.desk), operator: (step) => atTheTerminal(ptp, step) }
}

/** What somebody does at the terminal of the correct PTP. */
async function atTheTerminal(ptp: LeanPtp, { id, details }: OperatorStep): Promise<void> {
  const terminal = ptp.terminals.all()[0]?.terminal_id ?? ''
  if (id === 'register') return partnerWith(ptp.desk).operator({ id, text: '', details })
  if (id === 'add-terminal') {
    await ptp.mirror.pull()
    await ptp.addTerminal({ reference: 'SN-1', city: 'Utrecht' })
  }
  if (id === 'tap-card') {
    await ptp.mirror.pull()
    const offer = ptp.offers(terminal).find(({ evse }) => evse.uid === details['evse_uid'])
    if (offer !== undefined) await ptp.sales.start(offer)
  }
  if (id === 'tap-to-stop') {
    const sale = ptp.sales.all().find(({ session }) => session?.id === details['session_id'])
    if (sale !== undefined) await ptp.sales.stop(sale.reference)
  }
}

/** The car comes late enough for a driver to walk away; the CPO makes the invoices. */
const USUAL: LeanCpoOptions = {
  assignMs: 100,
  plan: { plugInMs: 1_500 },
  assignment: {
    location_ids: [STREET],
    evse_uids: [DEAR],
    invoice_creator: 'CPO',
    invoice_base_url: `${ORIGIN}/invoices`,
  },
}

function cpoWith({ desk, advices }: LeanCpo): Partner {
  const invoice = (reference: string): WireResponse => {
    const paid = advices.all().find((one) => one.authorization_reference === reference)
    if (paid === undefined) return { status: 404, headers: {}, body: '' }
    const amount = toText(grossOf(paid.total_costs), currencyDigits(paid.currency))
    const body = `<p>Paid: ${amount} ${paid.currency}</p>`
    return { status: 200, headers: { 'content-type': 'text/html' }, body }
  }
  return {
    ...partnerWith(desk),
    serve: async (request) => {
      const reference = request.url.startsWith(`${ORIGIN}/invoices/`) ? request.url.split('/').at(-1) : undefined
      return reference === undefined ? desk.serve(request) : invoice(reference)
    },
  }
}

function partnerWith({ serve, handshake, invite }: Pick<Desk, 'serve' | 'handshake' | 'invite'>): Partner {
  return {
    serve,
    invite,
    operator: async ({ id, details }) => {
      if (id !== 'register') return
      await handshake.register({ versionsUrl: details['versions_url'] ?? '', token: details['token'] ?? '' })
    },
  }
}
