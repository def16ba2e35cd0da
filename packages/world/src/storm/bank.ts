/** The provider of a storm: the simulated one with its own ledger, behind a way on which calls and answers are lost. */
import type { VirtualClock } from '@plugtill/engine/virtual-clock'
import { type Psp, PspError } from '@plugtill/psp/psp'
import { type Ledger, type LedgerEntry, openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
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
  away: boolean
}

type Operation = 'authorize' | 'increment' | 'capture' | 'void' | 'refund'
const TIMEOUT_MS = 20_000
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
  let read = 0
  const bank: Bank = {
    psp: undefined as unknown as Psp,
    ledger,
    away: false,
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
    ...(parts.keyRetentionMs !== undefined && { keyRetentionMs: parts.keyRetentionMs }),
  })
  return Object.assign(bank, { psp: onTheWay(parts, { simulated, bank, drivers }) })
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
      setOut(parts, way, { operation, where })
      const lost = weather.strike('answer of the provider lost', where, parts.strength)
      if (weather.strike('question to the provider lost', where, 0.03)) {
        weather.met(ROWS[operation].lost)
        await new Promise<void>((resolve) => void parts.clock.after(TIMEOUT_MS, resolve))
        throw new PspError('unknown-outcome', `No answer to ${operation}.`)
      }
      let answer: T
      try {
        answer = await call(o)
      } finally {
        for (const { pspReference } of way.bank.entriesOf(reference)) references.set(pspReference, reference)
      }
      await comeBack(parts, { operation, where, reference, lost })
      return answer
    }
  return {
    ...simulated,
    capabilities: {
      ...simulated.capabilities,
      minCaptureMinor: 50,
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
  }
}

interface Asked {
  readonly reference?: string
  readonly pspReference?: string
}

interface Call {
  readonly operation: Operation
  readonly where: string
}

function setOut({ weather, die, keyRetentionMs }: BankParts, { bank }: Way, { operation, where }: Call): void {
  if (bank.away) weather.met(operation === 'authorize' ? 'F11' : 'F74')
  if (bank.away && operation === 'capture' && keyRetentionMs !== undefined) weather.met('F63')
  if (!weather.strike('death before', where, 0.01)) return
  weather.met(ROWS[operation].before)
  die(where)
}

async function comeBack(
  { weather, hint, die, clock }: BankParts,
  { operation, where, reference, lost }: Call & { readonly reference: string; readonly lost: string | undefined },
): Promise<void> {
  if (operation === 'authorize' && weather.strike('message before the answer', where, 0.05)) {
    weather.met('F10')
    hint(reference)
  }
  if (weather.strike('death after', where, 0.01)) {
    weather.met(ROWS[operation].after)
    die(where)
  }
  if (!lost) return
  weather.met(ROWS[operation].lost)
  await new Promise<void>((resolve) => void clock.after(TIMEOUT_MS, resolve))
  throw new PspError('unknown-outcome', `No answer to ${operation}.`)
}
