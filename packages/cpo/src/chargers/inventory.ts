/** All settings of a station that speaks OCPP 2.0.1: it is asked once and tells them in pages. (OCPP 2.0.1, B07) */
import type { StationSetting } from './commands.ts'
import type { CommandOutcome } from './events.ts'
import type { Payload } from './link.ts'
import { partOf } from './payloads.ts'
import { nameOf, type StationSettings } from './station-settings.ts'

export interface BaseReports {
  /** A page, whoever asked for it. */
  readonly heard: (chargerId: string, notifyReport: Payload) => void
  /** Asks, and waits for the last page; `timeoutMs` is for the answer and between two pages. */
  readonly read: (chargerId: string, ask: Ask, timeoutMs: number) => Promise<Report>
}

export type Report = { readonly outcome: CommandOutcome } & StationSettings
type Ask = (requestId: number) => Promise<{ readonly outcome: CommandOutcome; readonly said?: string }>

interface Waiting {
  readonly pages: Map<number, readonly StationSetting[]>
  last: number | undefined
  readonly turned: () => void
}

/** More is no inventory of a station any more. */
const MOST_PAGES = 1_000
const HIGHEST_ID = 0x7fffffff

export function createBaseReports(clock: {
  readonly now: () => number
  readonly after: (delayMs: number, task: () => void) => () => void
}): BaseReports {
  const waiting = new Map<string, Waiting>()
  const keyOf = (chargerId: string, requestId: unknown) => `${chargerId.toLowerCase()}/${String(requestId)}`
  // A number of an earlier process would bring pages of an earlier question.
  let count = Math.floor(clock.now() / 1000)
  return {
    heard: (chargerId, { requestId, seqNo, tbc, reportData }) => {
      const one = waiting.get(keyOf(chargerId, requestId))
      if (one === undefined || typeof seqNo !== 'number' || one.pages.size >= MOST_PAGES) return
      one.pages.set(seqNo, settingsOf((reportData ?? []) as readonly Payload[]))
      if (tbc !== true) one.last = seqNo
      one.turned()
    },
    read: async (chargerId, ask, timeoutMs) => {
      count = (count + 1) % HIGHEST_ID
      const requestId = count
      let end: (outcome: CommandOutcome) => void = () => undefined
      let forget: () => void = () => undefined
      const done = new Promise<CommandOutcome>((resolve) => {
        end = resolve
      })
      const wait = () => {
        forget()
        forget = clock.after(timeoutMs, () => end('timeout'))
      }
      const one: Waiting = {
        pages: new Map(),
        last: undefined,
        turned: () => {
          wait()
          if (one.last !== undefined && one.pages.size > one.last) end('accepted')
          else if (one.pages.size >= MOST_PAGES) end('failed')
        },
      }
      waiting.set(keyOf(chargerId, requestId), one)
      const asked = await ask(requestId)
      if (asked.said === 'EmptyResultSet') end('accepted')
      else if (asked.outcome !== 'accepted') end(asked.outcome)
      else wait()
      const outcome = await done
      forget()
      waiting.delete(keyOf(chargerId, requestId))
      const pages = [...one.pages].sort(([a], [b]) => a - b)
      return { outcome, settings: pages.flatMap(([, settings]) => settings), unknown: [] }
    },
  }
}

/** (OCPP 2.0.1, ReportDataType) Target, minimum and maximum of a variable are no settings of their own here. */
function settingsOf(reportData: readonly Payload[]): readonly StationSetting[] {
  return reportData.map((data) => {
    const attributes = (data['variableAttribute'] ?? []) as readonly Payload[]
    const actual = attributes.find(({ type }) => type === undefined || type === 'Actual') ?? {}
    const { value, mutability } = actual
    return {
      name: nameOf({ component: partOf(data, 'component'), variable: partOf(data, 'variable') }),
      value: typeof value === 'string' ? value : null,
      readonly: mutability === 'ReadOnly',
    }
  })
}
