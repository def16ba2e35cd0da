import type { CentralSystemParts, CentralSystemSettings } from './central-system.ts'
import type { ChargerEvent, EventAnswer, IdTagStatus, Protocol } from './events.ts'
import { type BaseReports, createBaseReports } from './inventory.ts'
import { type Answer, type ChargerLink, ChargerLinkError, type Payload } from './link.ts'
import { answers16 } from './reports-16.ts'
import { answers201 } from './reports-201.ts'

export interface ChargerReports {
  answersFor(link: ChargerLink): readonly (readonly [string, Answer])[]
  connected(chargerId: string, protocol: Protocol): void
  disconnected(chargerId: string): void
  expectTag(chargerId: string, idTag: string): void
  readonly inventory: BaseReports
  /** Resolves when nothing that was told is still being kept. */
  idle(): Promise<void>
}

export type Tell = (event: ChargerEvent) => Promise<EventAnswer | undefined>
type BootStatus = 'Accepted' | 'Pending' | 'Rejected'

/** What the messages of one charger are answered with, whatever protocol it speaks. */
export interface Desk {
  readonly chargerId: string
  readonly now: () => number
  readonly settings: CentralSystemSettings
  readonly tell: Tell
  readonly judge: (idTag: string) => Promise<IdTagStatus>
  readonly nextTransactionId: () => number | Promise<number>
  /** A page of its inventory. */
  readonly inventory: (notifyReport: Payload) => void
  readonly boot: (event: Extract<ChargerEvent, { readonly type: 'booted' }>) => Promise<BootAnswer>
}

export interface BootAnswer {
  readonly status: BootStatus
  readonly currentTime: string
  readonly interval: number
}

/** Remote starts that are remembered, per charger: enough for every connector several times over. */
const expectedStartsKept = 100

/** What chargers say, turned into events one after the other and answered once the event is kept. */
export function createReports(parts: CentralSystemParts, settings: CentralSystemSettings): ChargerReports {
  const { inOrder, idle } = createLanes()
  const starts = new Map<string, Set<string>>()
  const inventory = createBaseReports(parts.clock)
  const announce = (event: ChargerEvent) =>
    void inOrder(event.chargerId, async () =>
      (await parts.known(event.chargerId)) ? parts.onEvent(event) : undefined,
    ).catch((error: unknown) => parts.onFault?.(error, event))

  return {
    inventory,
    idle,
    connected: (chargerId, protocol) => announce({ type: 'connected', chargerId, protocol, at: parts.clock.now() }),
    disconnected: (chargerId) => announce({ type: 'disconnected', chargerId, at: parts.clock.now() }),
    expectTag(chargerId, idTag) {
      const expected = starts.get(chargerId.toLowerCase()) ?? new Set<string>()
      expected.add(idTag)
      const oldest = expected.keys().next().value
      if (expected.size > expectedStartsKept && oldest !== undefined) expected.delete(oldest)
      starts.set(chargerId.toLowerCase(), expected)
    },
    answersFor(link) {
      const chargerId = link.id
      const expected = () => starts.get(chargerId.toLowerCase())
      const tell: Tell = (event) => inOrder(chargerId, () => parts.onEvent(event))
      const desk: Desk = {
        chargerId,
        settings,
        tell,
        now: () => parts.clock.now(),
        nextTransactionId: parts.nextTransactionId,
        judge: async (idTag) =>
          expected()?.has(idTag) ? 'Accepted' : ((await parts.authorize?.(chargerId, idTag)) ?? 'Invalid'),
        inventory: (page) => inventory.heard(chargerId, page),
        boot: (event) => boot(parts, settings, { event, tell }),
      }
      const answers = link.protocol === 'ocpp2.0.1' ? answers201(desk) : answers16(desk)
      return Object.entries(answers).map(([action, answer]) => [action, guarded(chargerId, parts, { action, answer })])
    },
  }
}

/** One event of a charger at a time, in the order in which it sent them; chargers do not wait for each other. */
function createLanes() {
  const tails = new Map<string, Promise<unknown>>()
  const inOrder = (chargerId: string, work: () => ReturnType<Tell>): ReturnType<Tell> => {
    const lane = chargerId.toLowerCase()
    const told = (tails.get(lane) ?? Promise.resolve()).then(work)
    const tail = told
      .catch(() => undefined)
      .then(() => {
        if (tails.get(lane) === tail) tails.delete(lane)
      })
    tails.set(lane, tail)
    return told
  }
  const idle = async () => {
    while (tails.size > 0) await Promise.all(tails.values())
  }
  return { inOrder, idle }
}

/** A charger we do not know may only boot, to be told Rejected. (OCPP 1.6, 4.2.1) */
function guarded(
  chargerId: string,
  parts: CentralSystemParts,
  call: { readonly action: string; readonly answer: Answer },
): Answer {
  return async (payload) => {
    if (call.action === 'BootNotification' || (await parts.known(chargerId))) return call.answer(payload)
    throw new ChargerLinkError(
      'refused',
      `No charger "${chargerId}" is configured here. Send BootNotification again after it was added.`,
      'SecurityError',
    )
  }
}

/** Rejected: not ours. Pending: ours, but the boot could not be kept; the charger asks again. (OCPP 1.6, 4.2) */
async function boot(
  parts: CentralSystemParts,
  settings: CentralSystemSettings,
  { event, tell }: { readonly event: Extract<ChargerEvent, { readonly type: 'booted' }>; readonly tell: Tell },
): Promise<BootAnswer> {
  const answer = (status: BootStatus): BootAnswer => ({
    status,
    currentTime: new Date(parts.clock.now()).toISOString(),
    interval: status === 'Accepted' ? settings.heartbeatSeconds : settings.bootRetrySeconds,
  })
  if (!(await parts.known(event.chargerId))) return answer('Rejected')
  try {
    await tell(event)
    return answer('Accepted')
  } catch (error) {
    parts.onFault?.(error, event)
    return answer('Pending')
  }
}
