import type { CentralSystemParts, CentralSystemSettings } from './central-system.ts'
import type { ChargerEvent, EventAnswer, IdTagStatus } from './events.ts'
import { evseStatusOf } from './evse-status.ts'
import { type Answer, ChargerLinkError, type Payload } from './link.ts'
import { integerOf, momentOf, readingsOf, statusOf, textOf } from './payloads.ts'

export interface ChargerReports {
  answersFor(chargerId: string): readonly (readonly [string, Answer])[]
  connected(chargerId: string): void
  disconnected(chargerId: string): void
  expectTag(chargerId: string, idTag: string): void
}

type Tell = (event: ChargerEvent) => Promise<EventAnswer | undefined>

/** Tags of recent remote starts, per charger: enough for every connector several times over. */
const expectedTagsKept = 100

/** What chargers say, turned into events one after the other and answered once the event is kept. */
export function createReports(parts: CentralSystemParts, settings: CentralSystemSettings): ChargerReports {
  const inOrder = createLanes()
  const tags = new Map<string, Set<string>>()
  const announce = (event: ChargerEvent) =>
    void inOrder(event.chargerId, async () =>
      (await parts.known(event.chargerId)) ? parts.onEvent(event) : undefined,
    ).catch((error: unknown) => parts.onFault?.(error, event))

  return {
    connected: (chargerId) => announce({ type: 'connected', chargerId, at: parts.clock.now() }),
    disconnected: (chargerId) => announce({ type: 'disconnected', chargerId, at: parts.clock.now() }),
    expectTag(chargerId, idTag) {
      const expected = tags.get(chargerId) ?? new Set<string>()
      expected.add(idTag)
      const oldest = expected.values().next().value
      if (expected.size > expectedTagsKept && oldest !== undefined) expected.delete(oldest)
      tags.set(chargerId, expected)
    },
    answersFor(chargerId) {
      const judge = async (idTag: string): Promise<IdTagStatus> =>
        tags.get(chargerId)?.has(idTag) ? 'Accepted' : ((await parts.authorize?.(chargerId, idTag)) ?? 'Invalid')
      const answers = answerTable(chargerId, parts, {
        settings,
        judge,
        tell: (event) => inOrder(chargerId, () => parts.onEvent(event)),
      })
      return Object.entries(answers).map(([action, answer]) => [action, guarded(chargerId, parts, { action, answer })])
    },
  }
}

/** One event of a charger at a time, in the order in which it sent them; chargers do not wait for each other. */
function createLanes() {
  const tails = new Map<string, Promise<unknown>>()
  return (chargerId: string, work: () => ReturnType<Tell>): ReturnType<Tell> => {
    const told = (tails.get(chargerId) ?? Promise.resolve()).then(work)
    const tail = told
      .catch(() => undefined)
      .then(() => {
        if (tails.get(chargerId) === tail) tails.delete(chargerId)
      })
    tails.set(chargerId, tail)
    return told
  }
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

interface Table {
  readonly settings: CentralSystemSettings
  readonly judge: (idTag: string) => Promise<IdTagStatus>
  readonly tell: Tell
}

function answerTable(
  chargerId: string,
  parts: CentralSystemParts,
  { settings, judge, tell }: Table,
): Readonly<Record<string, Answer>> {
  const currentTime = () => new Date(parts.clock.now()).toISOString()
  const nothing = () => ({})
  return {
    BootNotification: async (payload) => {
      const status = await bootStatus(chargerId, parts, { payload, tell })
      const interval = status === 'Accepted' ? settings.heartbeatSeconds : settings.bootRetrySeconds
      return { status, currentTime: currentTime(), interval }
    },
    Heartbeat: () => ({ currentTime: currentTime() }),
    Authorize: async (payload) => ({ idTagInfo: { status: await judge(textOf(payload, 'idTag', 20)) } }),
    StatusNotification: async (payload) => {
      const ocppStatus = statusOf(payload)
      await tell({
        type: 'status-changed',
        chargerId,
        connectorId: integerOf(payload, 'connectorId'),
        ocppStatus,
        ocpiStatus: evseStatusOf[ocppStatus],
        errorCode: textOf(payload, 'errorCode'),
        at: payload['timestamp'] === undefined ? parts.clock.now() : momentOf(payload, 'timestamp'),
      })
      return {}
    },
    StartTransaction: (payload) => startTransaction(chargerId, parts, { payload, tell }),
    MeterValues: async (payload) => {
      if (payload['transactionId'] === undefined) return {}
      const transactionId = integerOf(payload, 'transactionId')
      const connectorId = integerOf(payload, 'connectorId')
      for (const reading of readingsOf(payload)) {
        await tell({ type: 'metered', chargerId, connectorId, transactionId, ...reading })
      }
      return {}
    },
    StopTransaction: async (payload) => {
      const answer = await tell({
        type: 'transaction-stopped',
        chargerId,
        transactionId: integerOf(payload, 'transactionId'),
        meterStopWh: integerOf(payload, 'meterStop'),
        at: momentOf(payload, 'timestamp'),
        reason: payload['reason'] === undefined ? 'Local' : textOf(payload, 'reason'),
      })
      return answer?.idTagStatus === undefined ? {} : { idTagInfo: { status: answer.idTagStatus } }
    },
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    DiagnosticsStatusNotification: nothing,
    FirmwareStatusNotification: nothing,
  }
}

/** Rejected: not ours. Pending: ours, but the boot could not be kept; the charger asks again. (OCPP 1.6, 4.2) */
async function bootStatus(
  chargerId: string,
  parts: CentralSystemParts,
  { payload, tell }: { readonly payload: Payload; readonly tell: Tell },
): Promise<'Accepted' | 'Pending' | 'Rejected'> {
  if (!(await parts.known(chargerId))) return 'Rejected'
  const event: ChargerEvent = {
    type: 'booted',
    chargerId,
    at: parts.clock.now(),
    vendor: textOf(payload, 'chargePointVendor'),
    model: textOf(payload, 'chargePointModel'),
    ...(payload['firmwareVersion'] === undefined ? {} : { firmware: textOf(payload, 'firmwareVersion') }),
  }
  try {
    await tell(event)
    return 'Accepted'
  } catch (error) {
    parts.onFault?.(error, event)
    return 'Pending'
  }
}

async function startTransaction(
  chargerId: string,
  parts: CentralSystemParts,
  { payload, tell }: { readonly payload: Payload; readonly tell: Tell },
): Promise<Payload> {
  const connectorId = integerOf(payload, 'connectorId')
  const idTag = textOf(payload, 'idTag', 20)
  const meterStartWh = integerOf(payload, 'meterStart')
  const at = momentOf(payload, 'timestamp')
  const proposed = await parts.nextTransactionId()
  const answer = await tell({
    type: 'transaction-started',
    chargerId,
    connectorId,
    idTag,
    meterStartWh,
    at,
    transactionId: proposed,
    startKey: [chargerId, connectorId, idTag, at, meterStartWh].join('|'),
  })
  return {
    transactionId: answer?.transactionId ?? proposed,
    idTagInfo: { status: answer?.idTagStatus ?? 'Accepted' },
  }
}
