/** The card payments of the judge's PTP: from the hold to the advice. No bank is involved: every card is good. */
import type { Calls } from '@plugtill/ocpi/client'
import { OcpiError } from '@plugtill/ocpi/errors'
import type { CdrReceived, cdrs } from '@plugtill/ocpi/modules/cdrs'
import type { CommandResponse, CommandResult, commands, StartSession } from '@plugtill/ocpi/modules/commands'
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { FinancialAdviceConfirmation, payments } from '@plugtill/ocpi/modules/payments'
import type { Session, sessions } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Party } from '@plugtill/ocpi/peers'
import { formatDateTime, parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { type Money, moneyOf } from '@plugtill/pricing/money'
import { createLanes } from './lean-lanes.ts'
import { adviceFor } from './lean-ptp-advice.ts'
import { createShelf, type Shelf } from './lean-shelf.ts'
import type { Clock } from './recorder.ts'

/** What a driver can choose: a connector with its price and the amount to hold on the card. */
export interface Offer {
  readonly location: Location
  readonly evse: Evse
  readonly connector: Connector
  readonly tariff: Tariff
  readonly hold: Money
}

/** One card payment. */
export interface Sale {
  /** authorization_reference */
  readonly reference: string
  readonly offer: Offer
  readonly token: StartSession['token']
  readonly startCommand: string
  readonly startedAt: number
  readonly answer?: CommandResponse
  readonly result?: CommandResult['result']
  readonly session?: Session
  /** Of the last STOP_SESSION. */
  readonly stopCommand?: string
  readonly stops?: number
  readonly cdr?: CdrReceived
  readonly advice?: FinancialAdviceConfirmation
}

export interface SalesParts {
  readonly clock: Clock
  readonly ids: () => string
  readonly party: Party
  readonly responseUrl: (commandId: string) => string
  readonly commands: () => Promise<Calls<typeof commands.receiver>>
  readonly sessions: () => Promise<Calls<typeof sessions.sender>>
  readonly cdrs: () => Promise<Calls<typeof cdrs.sender>>
  readonly payments: () => Promise<Calls<typeof payments.receiver>>
  /** How long after the CDR the advice is sent. */
  readonly adviceMs: number
}

export interface Sales {
  readonly all: () => readonly Sale[]
  readonly get: (reference: string) => Sale | undefined
  readonly cdrs: Shelf<CdrReceived>
  readonly sessions: Shelf<Session>
  readonly advices: Shelf<FinancialAdviceConfirmation>
  readonly start: (offer: Offer) => Promise<Sale>
  readonly stop: (reference: string) => Promise<CommandResponse | undefined>
  /** Reads Sessions and CDRs of a CPO that does not push them. */
  readonly poll: () => Promise<void>
  readonly takeResult: (commandId: string, result: CommandResult) => boolean
  readonly takeSession: (session: Session) => void
  readonly takeCdr: (cdr: CdrReceived) => 'created' | 'same'
  /** Sends the same advice once more. */
  readonly adviseAgain: (reference: string) => Promise<void>
}

export function createSales(parts: SalesParts): Sales {
  const room = roomOf(parts)
  const { kept, change } = room
  return {
    ...room.shelves,
    all: () => [...kept.values()],
    get: (reference) => kept.get(reference.toLowerCase()),
    start: async (offer) => {
      const sale = newSale(parts, offer)
      // A Session may be there before the answer is.
      kept.set(sale.reference, sale)
      const calls = await parts.commands()
      const { reference } = sale
      const answer = await calls.startSession({ body: startBody(sale, parts.responseUrl) }, { reference })
      return change(reference, { answer: answer.data })
    },
    stop: (reference) => stopSale(room, reference),
    poll: async () => {
      const since = Math.min(parts.clock.now(), ...[...kept.values()].map(({ startedAt }) => startedAt))
      const query = { date_from: formatDateTime(since) }
      for await (const one of (await parts.sessions()).list({ query })) takeSession(room, one)
      for await (const one of (await parts.cdrs()).list({ query })) takeCdr(room, one)
    },
    takeResult: (commandId, { result }) => {
      const sale = [...kept.values()].find((one) => one.startCommand === commandId || one.stopCommand === commandId)
      if (sale?.startCommand === commandId) change(sale.reference, { result: sale.result ?? result })
      // The driver believes that it stopped.
      else if (sale?.session?.status === 'ACTIVE' && result !== 'ACCEPTED' && (sale.stops ?? 0) < MOST_STOPS)
        void stopSale(room, sale.reference).catch(() => undefined)
      return sale !== undefined
    },
    takeSession: (session) => takeSession(room, session),
    takeCdr: (cdr) => takeCdr(room, cdr),
    adviseAgain: async (reference) => {
      const sale = kept.get(reference.toLowerCase())
      if (sale !== undefined) await advise(room, sale)
    },
  }
}

/** A charger that does not obey after so many is a case for a person. */
const MOST_STOPS = 3

type Room = ReturnType<typeof roomOf>

function roomOf(parts: SalesParts) {
  const kept = new Map<string, Sale>()
  return {
    parts,
    kept,
    tell: createLanes(parts.clock),
    shelves: {
      sessions: createShelf<Session>(),
      cdrs: createShelf<CdrReceived>(),
      advices: createShelf<FinancialAdviceConfirmation>(),
    },
    change: (reference: string, what: Partial<Sale>): Sale => {
      const before = kept.get(reference.toLowerCase())
      if (before === undefined) throw new Error(`There is no sale ${reference}.`)
      const sale = { ...before, ...what }
      kept.set(reference.toLowerCase(), sale)
      return sale
    },
  }
}

async function stopSale({ parts, kept, change }: Room, reference: string): Promise<CommandResponse | undefined> {
  const sale = kept.get(reference.toLowerCase())
  if (sale?.session === undefined) return undefined
  const stopCommand = parts.ids()
  change(reference, { stopCommand, stops: (sale.stops ?? 0) + 1 })
  const body = { response_url: parts.responseUrl(stopCommand), session_id: sale.session.id }
  return (await (await parts.commands()).stopSession({ body }, { reference })).data
}

function takeSession(room: Room, session: Session): void {
  const { kept, shelves, change } = room
  shelves.sessions.put(session, session.country_code, session.party_id, session.id)
  const names = { reference: session.authorization_reference, session: session.id, token: session.cdr_token.uid }
  const sale = [...kept.values()].find((one) => belongs(one, names))
  if (sale === undefined || isOlder(session, sale.session)) return
  const seen = change(sale.reference, { session })
  if (session.status === 'ACTIVE' && seen.stopCommand === undefined && mustStop(seen))
    void stopSale(room, seen.reference).catch(() => undefined)
}

function takeCdr(room: Room, cdr: CdrReceived): 'created' | 'same' {
  const { parts, kept, shelves, change, tell } = room
  const before = shelves.cdrs.get(cdr.id)
  if (before !== undefined) {
    if (sameContent(before, cdr)) return 'same'
    throw new OcpiError(2001, `CDR ${cdr.id} is known with other content. A sent CDR is never changed.`)
  }
  shelves.cdrs.put(cdr, cdr.id)
  const names = { reference: cdr.authorization_reference, session: cdr.session_id, token: cdr.cdr_token.uid }
  const sale = [...kept.values()].find((one) => belongs(one, names))
  if (sale === undefined || sale.cdr !== undefined || cdr.credit === true) return 'created'
  const { reference, offer } = change(sale.reference, { cdr })
  parts.clock.after(parts.adviceMs, () => {
    const advice = adviceFor(cdr, { id: parts.ids(), reference, hold: offer.hold, now: parts.clock.now() })
    shelves.advices.put(advice, advice.id)
    const advised = change(reference, { advice })
    tell(reference, () => advise(room, advised))
  })
  return 'created'
}

async function advise({ parts }: Room, { advice }: Sale): Promise<void> {
  if (advice !== undefined) await (await parts.payments()).postAdvice({ body: advice })
}

interface Names {
  readonly reference: string | null | undefined
  readonly session: string | null | undefined
  readonly token: string
}

/** By the reference; without one by the session or the token, which is of one sale only. (T22) */
function belongs(sale: Sale, { reference, session, token }: Names): boolean {
  if (reference != null) return sameCi(reference, sale.reference)
  return sameCi(token, sale.token.uid) || (session != null && sale.session?.id === session)
}

const isOlder = (word: Session, seen: Session | undefined) =>
  seen !== undefined && parseDateTime(word.last_updated) < parseDateTime(seen.last_updated)

/** How far below the hold charging is stopped: the cost goes on until the charger obeys. (E-25) */
const MARGIN_MINOR = 10

/** A session nobody paid for any more, or one that costs nearly as much as is held. (C-708) */
function mustStop({ answer, result, session, offer }: Sale): boolean {
  if (answer !== undefined && answer.result !== 'ACCEPTED') return true
  if (result !== undefined && result !== 'ACCEPTED') return true
  if (session?.total_cost == null || session.currency !== offer.hold.currency || offer.hold.amountMinor === 0)
    return false
  return moneyOf(session.total_cost, session.currency).amountMinor >= offer.hold.amountMinor - MARGIN_MINOR
}

function newSale({ ids, clock, party }: SalesParts, offer: Offer): Sale {
  const now = clock.now()
  const uid = `JDG${ids().replaceAll('-', '').slice(0, 17)}`.toUpperCase()
  return {
    reference: ids(),
    offer,
    token: {
      country_code: party.countryCode,
      party_id: party.partyId,
      uid,
      type: 'AD_HOC_USER',
      contract_id: uid,
      issuer: party.name.slice(0, 64),
      valid: true,
      whitelist: 'NEVER',
      last_updated: formatDateTime(now),
    },
    startCommand: ids(),
    startedAt: now,
  }
}

/** (commands › StartSession; E-20, E-21) */
export const startBody = (
  { offer, token, startCommand, reference }: Sale,
  urlOf: (id: string) => string,
): StartSession => ({
  response_url: urlOf(startCommand),
  token,
  location_id: offer.location.id,
  evse_uid: offer.evse.uid,
  connector_id: offer.connector.id,
  authorization_reference: reference,
})

/** The order of fields means nothing. */
const sameContent = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  )
}
