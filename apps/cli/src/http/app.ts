/** Everything that answers on the one port, put together. */
import type { Cpo } from '@plugtill/cpo/cpo'
import type { AdminTable } from '@plugtill/engine/admin'
import { parseJson } from '@plugtill/ocpi/parse-json'
import type { Ptp } from '@plugtill/ptp/ptp'
import type { ReceiptForm } from '@plugtill/ptp/receipts/receipts'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
} from 'fastify'
import { type AccountParts, mountAccount } from './account.ts'
import { mountAdmin } from './admin.ts'
import { mountCompanyLogin } from './company-login.ts'
import { createStreams, type Streams } from './events.ts'
import { COMMON_HEADERS, foreign, notJson, type Problem } from './guard.ts'
import { guardRoom } from './guarded-room.ts'
import { mountHealth } from './health.ts'
import { mountLink } from './link.ts'
import type { Metrics } from './metrics.ts'
import { type Entrance, mountOcpi, serveOcpi } from './ocpi.ts'
import { mountPages } from './pages.ts'
import { placeOf } from './place.ts'
import { mountPspMessages, type PspMessages } from './psp-messages.ts'
import { kioskPath, layoutIn, type TerminalKeys } from './terminal-key.ts'
import { tools } from './tools.ts'

export interface AppParts {
  /** Without trailing slash. */
  readonly publicUrl: string
  readonly apiKey?: string
  /** Who may do what; without it only the key counts. */
  readonly account?: AccountParts
  /** Each virtual terminal has to show its own key on the link. (T31) */
  readonly terminalKeys?: TerminalKeys
  readonly ptp?: Pick<Ptp, 'serveOcpi' | 'admin' | 'link' | 'changes' | 'serveReceipt'>
  readonly cpo?: Pick<Cpo, 'serveOcpi' | 'admin' | 'serveInvoice'>
  /** The live boards of partners. */
  readonly judge?: AdminTable
  /** What is new anywhere. */
  readonly live?: AdminTable
  /** What only a sandbox lets do: trouble on purpose; its settings. */
  readonly sandbox?: AdminTable
  /** Live control of the simulated stations. */
  readonly sim?: AdminTable
  /** An entrance for each account whose provider sends messages. */
  readonly pspMessages?: readonly PspMessages[]
  /** Whose X-Forwarded headers count; absent: nobody's. */
  readonly trustProxy?: string
  /** False while the process ends: it finishes what it has and wants no more. */
  readonly open?: () => boolean
  /** Rejects while the platforms cannot work. */
  readonly ready: () => Promise<unknown>
  readonly metrics?: (streams: Streams) => Metrics
  readonly webFolder: string
  readonly serverFactory?: FastifyServerFactory
  readonly onFault: (error: unknown, where: string) => void
}

export interface App {
  readonly fastify: FastifyInstance
  readonly close: () => Promise<void>
}

const JSON_BODY_BYTES = 256 * 1024

export async function createApp(parts: AppParts): Promise<App> {
  const streams = createStreams((error) => parts.onFault(error, 'event stream'))
  const entrances = entrancesOf(parts)
  const app = Fastify({
    bodyLimit: JSON_BODY_BYTES,
    routerOptions: { maxParamLength: 1_000, caseSensitive: true },
    forceCloseConnections: true,
    return503OnClosing: true,
    // Paths that cannot be decoded never reach a route; a partner gets OCPI's answer all the same.
    frameworkErrors: (error, request, reply) => {
      const entrance = entrances.find(({ path }) => request.raw.url?.startsWith(`${path}/`))
      if (entrance) void serveOcpi(entrance, request, reply)
      else void answerError(parts, error, { request, reply })
    },
    ...(parts.trustProxy !== undefined && { trustProxy: parts.trustProxy }),
    ...(parts.serverFactory && { serverFactory: parts.serverFactory }),
  })
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(parts, error, { request, reply }))
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .headers(COMMON_HEADERS)
      .send({ error: 'not-found', message: `Nothing answers ${request.method} ${placeOf(request)} here.` }),
  )
  const metrics = parts.metrics?.(streams)
  countRequests(app, metrics)
  for (const entrance of entrances) await mountOcpi(app, entrance)
  for (const messages of parts.pspMessages ?? []) await mountPspMessages(app, messages)
  await app.register(async (room) => mountGuarded(room, parts, streams))
  mountHealth(app, parts, metrics)
  mountDocuments(app, parts)
  await app.ready()
  return {
    fastify: app,
    close: async () => {
      streams.end()
      await app.close()
    },
  }
}

function entrancesOf({ ptp, cpo, publicUrl }: AppParts): readonly Entrance[] {
  return [
    ...(ptp ? [{ path: '/ptp/ocpi', publicUrl, serve: ptp.serveOcpi }] : []),
    ...(cpo ? [{ path: '/cpo/ocpi', publicUrl, serve: cpo.serveOcpi }] : []),
  ]
}

function answerError(
  { onFault }: AppParts,
  error: FastifyError,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
) {
  const status = error.statusCode ?? 500
  if (status >= 500) onFault(error, `${request.method} ${placeOf(request)}`)
  const told = status >= 500 ? 'This request failed here. The reason is in the log.' : error.message
  return reply
    .code(status)
    .headers(COMMON_HEADERS)
    .send({ error: status >= 500 ? 'failed' : 'invalid', message: told })
}

/** Behind a proxy that is trusted the name is the one the browser asked for. */
const asSeen = ({ method, headers, host }: FastifyRequest) => ({ method, headers: { ...headers, host } })

/** What browsers use: pages, admin APIs, the terminal link. */
async function mountGuarded(app: FastifyInstance, parts: AppParts, streams: Streams): Promise<void> {
  const { ptp, cpo, judge, sim, live, sandbox, publicUrl, apiKey, account, terminalKeys: keys } = parts
  const refuse = (reply: FastifyReply, { status, error, message, headers = {} }: Problem) =>
    reply.code(status).headers(headers).send({ error, message })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(COMMON_HEADERS)
    const problem = foreign(asSeen(request), publicUrl) ?? notJson(request)
    if (problem) return refuse(reply, problem)
  })
  lenientJson(app)
  await app.register(async (room) => {
    guardRoom(room, parts, refuse)
    const shared = { streams, publicUrl, keyNeeded: apiKey !== undefined }
    if (account) mountAccount(room, account)
    if (account?.company) mountCompanyLogin(room, { ...account, company: account.company, onFault: parts.onFault })
    // Who may use the admin API may hand the key of a terminal to a browser: the console's links lead here.
    room.get<{ Params: { id: string }; Querystring: { layout?: unknown } }>(
      '/ptp/api/terminals/:id/kiosk',
      ({ params, query }, reply) =>
        reply.header('cache-control', 'no-store').redirect(kioskPath(params.id, keys, layoutIn(query)), 303),
    )
    if (ptp)
      mountAdmin(room, { ...shared, path: '/ptp/api', title: 'Plugtill PTP platform: admin API', table: ptp.admin })
    if (cpo)
      mountAdmin(room, { ...shared, path: '/cpo/api', title: 'Plugtill CPO platform: admin API', table: cpo.admin })
    if (judge) mountAdmin(room, { ...shared, path: '/judge/api', title: 'Plugtill: boards of partners', table: judge })
    if (live) mountAdmin(room, { ...shared, path: '/live/api', title: 'Plugtill: what is new', table: live })
    if (sandbox) mountAdmin(room, { ...shared, path: '/sandbox/api', title: 'Plugtill: the sandbox', table: sandbox })
    mountAdmin(room, { ...shared, path: '/tools/api', title: 'Plugtill: tariffs and prices', table: tools })
    if (sim) mountAdmin(room, { ...shared, path: '/sim/api', title: 'Plugtill: simulated chargers', table: sim })
  })
  if (ptp)
    await app.register(async (room) => mountLink(room, { path: '/ptp/link', ptp, streams, ...(keys && { keys }) }))
  await mountPages(app, { folder: parts.webFolder, publicUrl, ...(keys && { keys }) })
}

/** An empty body is an empty object; text that is no JSON, nests too deep or names a key twice is refused. (T26) */
function lenientJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json/i, { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, String(text).trim() === '' ? {} : parseJson(String(text)))
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }))
    }
  })
}

/** What drivers open on their phones. Whoever has the address may look; nothing else here is needed for it. */
function mountDocuments(app: FastifyInstance, { ptp, cpo }: AppParts): void {
  if (ptp) {
    const receipt = (path: string, form: ReceiptForm) =>
      app.get<{ Params: { token: string } }>(path, async ({ params, headers: asked }, reply) => {
        const languages = languagesOf(asked['accept-language'])
        const { status, headers, body } = await ptp.serveReceipt(params.token, { form, languages })
        return reply
          .code(status)
          .headers({ ...COMMON_HEADERS, ...headers })
          .send(typeof body === 'string' ? body : Buffer.from(body))
      })
    receipt('/ptp/receipts/:token', 'page')
    receipt('/ptp/receipts/:token/pdf', 'pdf')
    receipt('/ptp/receipts/:token/signed', 'signed')
  }
  if (cpo) {
    const invoice = (path: string) =>
      app.get<{ Params: { reference: string; '*'?: string } }>(path, async ({ params, headers: asked }, reply) => {
        const languages = languagesOf(asked['accept-language'])
        const { status, headers, body } = await cpo.serveInvoice(params.reference, {
          tail: params['*'] ?? '',
          languages,
        })
        return reply
          .code(status)
          .headers({ ...COMMON_HEADERS, ...headers })
          .send(typeof body === 'string' ? body : Buffer.from(body))
      })
    invoice('/cpo/invoices/:reference')
    invoice('/cpo/invoices/:reference/*')
  }
}

/** The languages of a browser in the order in which it names them; nobody sorts them otherwise. */
const languagesOf = (header: string | undefined): readonly string[] =>
  (header ?? '').split(',', 10).map((one) => one.trim().slice(0, 2))

/** The first words of the path, so that ids never become labels. */
const ROOMS = /^\/(ptp|cpo)\/(ocpi|api|link|invoices|receipts|psp)|^\/(console|terminal|assets|metrics|healthz|readyz)/

function countRequests(app: FastifyInstance, metrics: Metrics | undefined): void {
  if (!metrics) return
  app.addHook('onResponse', async (request, reply) => {
    const [, side, room, page] = ROOMS.exec(request.raw.url ?? '') ?? []
    metrics.request({
      room: side ? `${side}/${room}` : (page ?? 'other'),
      method: request.method,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    })
  })
}
