/** The provider of a storm: the simulated one with its own ledger, behind a way on which calls and answers are lost. */
import type { VirtualClock } from '@plugtill/engine/virtual-clock'
import { type Psp, PspError } from '@plugtill/psp/psp'
import { type Ledger, type LedgerEntry, openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { settledWrongly } from './bank-report.ts'
import { LEAST_IN, leastIn } from './currencies.ts'
import { type Call, happens, type Logbook } from './log.ts'
import type { Weather } from './weather.ts'

export interface BankParts {
  readonly clock: VirtualClock
  readonly weather: Weather
  readonly random: () => number
  readonly strength: number
  /** The process that asks dies, before the provider has heard it or after it has answered. */
  readonly die: (why: string) => void
  /** The provider forgets keys after this; we rely on them for half as long. (F63) */
  readonly keyRetentionMs?: number | undefined
  /** The provider's message to the platform, before the answer. (F10) */
  readonly hint: (reference: string) => void
  readonly log: Logbook
}

export interface Bank {
  readonly psp: Psp
  readonly ledger: Ledger
  /** What is held for this reference now; undefined when nothing is. */
  readonly holdOf: (reference: string) => number | undefined
  readonly entriesOf: (reference: string) => readonly LedgerEntry[]
  /** Which driver's card a reference was authorized with. */
  readonly driverOf: (reference: string) => number | undefined
  readonly references: () => Iterable<string>
  /** Payments of which the provider's report of what it pays out says something else. (F80) */
  readonly misreported: ReadonlySet<string>
  /** Cannot be reached for so long. (F74) */
  readonly leave: (forMs: number) => void
  /** Its message about this payment, once more. */
  readonly repeat: (reference: string) => void
  away: boolean
}

type Operation = 'authorize' | 'increment' | 'capture' | 'void' | 'refund'
const TIMEOUT_MS = 20_000
export const AWAY_MS = 2 * 3_600_000
const ROWS: Readonly<Record<Operation, { readonly before: string; readonly after: string; readonly lost: string }>> = {
  authorize: { before: 'F02', after: 'F04', lost: 'F03' },
  increment: { before: 'F34', after: 'F34', lost: 'F34' },
  capture: { before: 'F61', after: 'F62', lost: 'F62' },
  void: { before: 'F79', after: 'F79', lost: 'F79' },
  refund: { before: 'F51', after: 'F51', lost: 'F51' },
}
const MEANT: Readonly<Record<string, string>> = {
  'partial-approval': 'F05',
  declined: 'F06',
  'pin-needed': 'F06',
  timeout: 'F03',
  'timeout-lost': 'F03',
  unavailable: 'F11',
}

export function createBank(parts: BankParts): Bank {
  const { clock } = parts
  const ledger = openLedger()
  const drivers = new Map<string, number>()
  const books = new Map<string, LedgerEntry[]>()
  const misreported = new Set<string>()
  let read = 0
  const bank: Bank = {
    psp: undefined as unknown as Psp,
    ledger,
    away: false,
    misreported,
    leave: (forMs) => {
      bank.away = true
      parts.log.outages.push({ from: clock.now(), to: clock.now() + forMs })
      clock.after(forMs, () => {
        bank.away = false
      })
    },
    repeat: (reference) => {
      happens(parts.log, 'webhook', reference)
      parts.hint(reference)
    },
    driverOf: (reference) => drivers.get(reference),
    references: () => books.keys(),
    entriesOf: (reference) => {
      for (const entry of ledger.entries(read)) {
        read = entry.seq
        const known = books.get(entry.reference)
        if (known) known.push(entry)
        else books.set(entry.reference, [entry])
      }
      return books.get(reference) ?? []
    },
    holdOf: (reference) => holdIn(bank.entriesOf(reference), clock.now()),
  }
  const simulated = createSimulatedPsp({
    clock,
    ledger,
    random: parts.random,
    timeoutMs: TIMEOUT_MS,
    latencyMs: 200,
    outage: () => bank.away,
    ...(parts.keyRetentionMs !== undefined && { keyRetentionMs: parts.keyRetentionMs, capturesAgain: true }),
  })
  return Object.assign(bank, { psp: onTheWay(parts, { simulated, bank, drivers, misreported }) })
}

/** Approved and raised, minus what ended it. */
function holdIn(entries: readonly LedgerEntry[], now: number): number | undefined {
  let held: number | undefined
  let until = 0
  for (const { operation, status, amount, answer } of entries) {
    if (operation === 'authorize' && status === 'approved') {
      held = amount.amountMinor
      until = (JSON.parse(answer) as { captureBefore: number }).captureBefore
    } else if (operation === 'increment' && status === 'done') held = amount.amountMinor
    else if ((operation === 'void' || operation === 'expire') && status === 'done') held = undefined
    else if (operation === 'capture' && (status === 'done' || status === 'pending')) held = undefined
  }
  return held !== undefined && now < until ? held : undefined
}

interface Way {
  readonly simulated: Psp
  readonly bank: Bank
  readonly drivers: Map<string, number>
  readonly misreported: Set<string>
}

function onTheWay(parts: BankParts, way: Way): Psp {
  const { weather, keyRetentionMs } = parts
  const { simulated, drivers } = way
  const references = new Map<string, string>()
  const around =
    <O extends Asked, T>(operation: Operation, call: (o: O) => Promise<T>) =>
    async (o: O): Promise<T> => {
      const reference = o.reference ?? references.get(o.pspReference ?? '') ?? ''
      const where = `${operation} s${drivers.get(reference) ?? 0}`
      const heard = asks(parts, operation, reference)
      setOut(parts, way, { operation, where })
      // Who is away refuses connections: then nothing is in doubt.
      const share = way.bank.away ? 0 : 1
      const lost = weather.strike('answer of the provider lost', where, share * parts.strength)
      if (weather.strike('question to the provider lost', where, share * 0.03)) {
        await timeout(parts, { operation, where, reference })
      }
      let answer: T
      try {
        answer = await call(o)
      } catch (error) {
        if (error instanceof PspError && error.kind !== 'unknown-outcome' && error.kind !== 'unavailable') heard()
        throw error
      } finally {
        for (const { pspReference } of way.bank.entriesOf(reference)) references.set(pspReference, reference)
      }
      await comeBack(parts, way, { operation, where, reference, lost })
      heard()
      return answer
    }
  return {
    ...simulated,
    capabilities: {
      ...simulated.capabilities,
      minCaptureMinor: leastIn('EUR'),
      minCaptureMinorIn: LEAST_IN,
      ...(keyRetentionMs !== undefined && {
        idempotency: { ...simulated.capabilities.idempotency, retentionSafeMs: keyRetentionMs / 2 },
      }),
    },
    authorize: (o) => {
      const [kind = '', n] = o.card.split('#')
      drivers.set(o.reference, Number(n))
      if (MEANT[kind]) weather.met(MEANT[kind])
      return around('authorize', simulated.authorize)(o)
    },
    increment: around('increment', simulated.increment),
    capture: around('capture', simulated.capture),
    void: around('void', simulated.void),
    refund: around('refund', simulated.refund),
    query: async (o) => {
      const heard = asks(parts, 'query', o.reference ?? references.get(o.pspReference ?? '') ?? '')
      const found = await simulated.query(o)
      heard()
      return found
    },
    settlement: async (period) => settledWrongly(await simulated.settlement(period), way.misreported),
  }
}

interface Asked {
  readonly reference?: string
  readonly pspReference?: string
}

interface Asking {
  readonly operation: Operation
  readonly where: string
  readonly reference: string
}

type SettingOut = Omit<Asking, 'reference'>

function setOut({ weather, die, keyRetentionMs }: BankParts, { bank }: Way, { operation, where }: SettingOut): void {
  if (bank.away) weather.met(operation === 'authorize' ? 'F11' : 'F74')
  if (bank.away && operation === 'capture' && keyRetentionMs !== undefined) weather.met('F63')
  if (!weather.strike('death before', where, 0.01)) return
  weather.met(ROWS[operation].before)
  die(where)
}

async function comeBack(
  parts: BankParts,
  { bank, misreported }: Way,
  { lost, ...asked }: Asking & { readonly lost: string | undefined },
): Promise<void> {
  const { weather, hint, die, keyRetentionMs } = parts
  const { operation, where, reference } = asked
  if (weather.strike('message before the answer', where, operation === 'authorize' ? 0.05 : 0.03)) {
    if (operation === 'authorize') weather.met('F10')
    happens(parts.log, 'webhook', reference)
    hint(reference)
  }
  if (operation === 'capture' && weather.strike('another sum in the report', where, 0.01)) misreported.add(reference)
  if (weather.strike('death after', where, operation === 'capture' ? 0.02 : 0.01)) {
    weather.met(ROWS[operation].after)
    die(where)
    // Back when the key of the capture is long forgotten. (F63)
    if (operation === 'capture' && keyRetentionMs !== undefined && weather.strike('away after a death', where, 0.8))
      bank.leave(AWAY_MS)
  }
  if (lost) await timeout(parts, asked)
}

/** Nobody knows whether it was done. */
async function timeout({ weather, clock, log }: BankParts, { operation, reference }: Asking): Promise<never> {
  weather.met(ROWS[operation].lost)
  await new Promise<void>((resolve) => void clock.after(TIMEOUT_MS, resolve))
  if (operation === 'void') happens(log, 'doubt', reference)
  throw new PspError('unknown-outcome', `No answer to ${operation}.`)
}

/** Notes the question, and later that its answer was heard. */
function asks({ log, clock }: BankParts, operation: string, reference: string): () => void {
  const call: Call = { operation, at: clock.now() }
  const { life } = log
  const before = log.calls.get(reference)
  if (before) before.push(call)
  else log.calls.set(reference, [call])
  return () => {
    if (life === log.life) call.answeredAt = clock.now()
  }
}
