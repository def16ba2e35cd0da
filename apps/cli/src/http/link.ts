/** The terminal link over HTTP: what a payment terminal asks of its platform, and the news it listens to. (terminal/link.ts) */
import { closedEnum, int, object, optional, text } from '@plugtill/ocpi/types'
import { OFFERS, terminalTopic } from '@plugtill/ptp/changes'
import type { Ptp } from '@plugtill/ptp/ptp'
import { Refusal } from '@plugtill/ptp/refusal'
import { LINK_PATHS, NEWS_EVENTS, type PaymentView, type StopTap, type Tap } from '@plugtill/terminal/link'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { wrongIn } from './body-check.ts'
import type { ServerEvent, Streams } from './events.ts'
import { KEY_OF_TERMINAL_NEEDED, type TerminalKeys, terminalKeyIn } from './terminal-key.ts'

const Name = text(100)
const TapBody = object({
  locationId: Name,
  evseUid: Name,
  connectorId: Name,
  card: Name,
  tariffId: optional(Name),
  priceId: optional(Name),
  maximumMinor: optional(int),
  verified: optional(closedEnum(['pin', 'phone'])),
  language: text(20),
  tapId: Name,
})
const StopBody = object({ reference: Name, card: Name })
const ReceiptsBody = object({ card: Name })

export interface LinkMount {
  readonly path: string
  readonly ptp: Pick<Ptp, 'link' | 'changes'>
  readonly streams: Streams
  /** Absent: the link is open to whoever reaches this machine's loopback. */
  readonly keys?: TerminalKeys
}

interface Of {
  Params: { terminal_id: string; reference: string; tap_id: string }
  Querystring: { language?: string | string[] }
}

export function mountLink(app: FastifyInstance, { path, ptp, streams, keys }: LinkMount): void {
  const { link } = ptp
  if (keys) {
    app.addHook<Of>('onRequest', async ({ params, headers: sent }, reply) => {
      if (keys.fits(params.terminal_id, terminalKeyIn(sent))) return
      const { status, error, message, headers = {} } = KEY_OF_TERMINAL_NEEDED
      return reply.code(status).headers(headers).send({ error, message })
    })
  }
  const base = `${path}/:terminal_id`
  app.get<Of>(base + LINK_PATHS.offers, ({ params, query }, reply) =>
    told(reply, () =>
      link.offers(params.terminal_id, typeof query.language === 'string' ? query.language.slice(0, 20) : undefined),
    ),
  )
  app.get<Of>(base + LINK_PATHS.payment, ({ params }, reply) =>
    told(reply, () => link.payment(params.terminal_id, params.reference)),
  )
  app.get<Of>(base + LINK_PATHS.tapped, ({ params }, reply) =>
    told(reply, () => link.tapped(params.terminal_id, params.tap_id)),
  )
  app.post<Of>(base + LINK_PATHS.tap, ({ params, body }, reply) =>
    checked(reply, { schema: TapBody, body }, () => link.tap(params.terminal_id, body as Tap)),
  )
  app.post<Of>(base + LINK_PATHS.stop, ({ params, body }, reply) =>
    checked(reply, { schema: StopBody, body }, () => link.stop(params.terminal_id, body as StopTap)),
  )
  app.post<Of>(base + LINK_PATHS.receipts, ({ params, body }, reply) =>
    checked(reply, { schema: ReceiptsBody, body }, () =>
      link.receipts(params.terminal_id, (body as { card: string }).card),
    ),
  )
  app.get<Of>(base + LINK_PATHS.news, async ({ params }, reply): Promise<FastifyReply> => {
    const stop = new AbortController()
    // An unknown terminal is told so instead of listening for ever.
    const refused = await refusalOf(() => link.offers(params.terminal_id))
    if (refused) return answerRefusal(reply, refused)
    streams.send(reply, news(ptp, params.terminal_id, stop.signal), { stop })
    return reply
  })
}

async function told(reply: FastifyReply, act: () => Promise<object>): Promise<FastifyReply> {
  try {
    return reply.header('cache-control', 'no-store').send(await act())
  } catch (error) {
    if (error instanceof Refusal) return answerRefusal(reply, error)
    throw error
  }
}

async function checked(
  reply: FastifyReply,
  { schema, body }: { readonly schema: object; readonly body: unknown },
  act: () => Promise<object>,
): Promise<FastifyReply> {
  const wrong = wrongIn('body', schema, body ?? {})
  if (wrong) return reply.code(400).send(wrong)
  return told(reply, act)
}

async function refusalOf(act: () => Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

const answerRefusal = (reply: FastifyReply, { code, message }: Refusal) =>
  reply
    .code(code.startsWith('unknown-') ? 404 : 409)
    .header('cache-control', 'no-store')
    .send({ refused: code, message })

/** Offers change with every status of every charger: a terminal is told at most this often. */
const OFFERS_PAUSE_MS = 500

/** Running payments first as they are now, then every change of a payment, then that it is over; and when offers changed. */
async function* news(
  { link, changes }: LinkMount['ptp'],
  terminalId: string,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const sent = new Map<string, string>()
  const look = async (first: boolean): Promise<ServerEvent[]> => {
    const recent = new Map((await link.recent(terminalId)).map(({ reference, final }) => [reference, final]))
    // What is listed no more is told to its end, and then forgotten.
    for (const [reference, text] of sent) {
      if (recent.has(reference)) continue
      if (text === OVER) sent.delete(reference)
      else recent.set(reference, false)
    }
    const fresh: ServerEvent[] = []
    for (const [reference, final] of recent) {
      if (sent.get(reference) === OVER) continue
      if (first && final) {
        sent.set(reference, OVER)
        continue
      }
      const view = await link.payment(terminalId, reference)
      const text = withoutTime(view)
      if (sent.get(reference) !== text) fresh.push({ data: view })
      sent.set(reference, view.final ? OVER : text)
    }
    return fresh
  }
  yield* merged(
    [
      { changes: changes.stream(terminalTopic(terminalId), signal), make: look },
      {
        changes: changes.stream(OFFERS, signal),
        pauseMs: OFFERS_PAUSE_MS,
        make: async (first) => (first ? [] : [{ event: NEWS_EVENTS.offers, data: null }]),
      },
    ],
    signal,
  )
}

const OVER = 'over'
const withoutTime = ({ now: _, ...view }: PaymentView) => JSON.stringify(view)

interface Source {
  readonly changes: AsyncIterable<void>
  readonly pauseMs?: number
  readonly make: (first: boolean) => Promise<readonly ServerEvent[]>
}

/** Several sources in one stream, in the order in which they have something to say. */
async function* merged(sources: readonly Source[], signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const ready: ServerEvent[] = []
  let failure: unknown
  let wake = () => {}
  const pump = async ({ changes, make, pauseMs = 0 }: Source) => {
    const changed = changes[Symbol.asyncIterator]()
    for (let first = true; !signal.aborted; first = false) {
      // Listening begins before looking, so that nothing is missed in between.
      const next = changed.next()
      ready.push(...(await make(first)))
      wake()
      if ((await next).done) return
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  for (const source of sources) {
    pump(source).catch((error: unknown) => {
      failure = error
      wake()
    })
  }
  signal.addEventListener('abort', () => wake())
  while (!signal.aborted) {
    yield* ready.splice(0)
    if (failure !== undefined) throw failure
    if (ready.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}
