/** A provider's place on a local port: every request and every answer is held against its public description. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Described, readForm } from './openapi/description.ts'
import type { Json } from './openapi/reduce.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: Json
  readonly headers: Readonly<Record<string, string>>
  readonly body: Json
}

/** `cut`: the connection ends without an answer. */
export type Answered =
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | 'cut'

export interface StandIn {
  readonly url: string
  /** What did not fit the description, one line each. */
  readonly findings: readonly string[]
  /** "POST /v1/refunds 200", for everything that was spoken. */
  readonly spoken: ReadonlySet<string>
  /** Every body that was sent here, in order. */
  readonly bodies: readonly Json[]
  readonly close: () => Promise<void>
}

export interface StandInParts {
  readonly described: Described
  /** Answered and then held against the description; what is not described is answered all the same, and found. */
  readonly answer: (asked: Asked) => Answered | Promise<Answered>
  /** Checks of messages that have no path of their own. */
  readonly check?: (asked: Asked, answered: Answered) => readonly string[] | undefined
}

export async function standIn({ described, answer, check }: StandInParts): Promise<StandIn> {
  const findings: string[] = []
  const spoken = new Set<string>()
  const bodies: Json[] = []
  const server = createServer(async (request, response) => {
    const asked = await askedOf(request, described)
    if (asked.method === 'POST') bodies.push(asked.body)
    const answered = await answer(asked)
    const status = answered === 'cut' ? 'cut' : answered.status
    spoken.add(`${asked.method} ${described.operationOf(asked.method, asked.path)?.path ?? asked.path} ${status}`)
    findings.push(...(check?.(asked, answered) ?? differences(described, asked, answered)))
    if (answered === 'cut') return void response.destroy()
    const text = JSON.stringify(answered.body)
    response.writeHead(answered.status, { 'content-type': 'application/json', ...answered.headers }).end(text)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    findings,
    spoken,
    bodies,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

async function askedOf(request: IncomingMessage, { operationOf, typed }: Described): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const { pathname, search } = new URL(request.url ?? '/', 'http://stand-in')
  const method = request.method ?? 'GET'
  const json = request.headers['content-type']?.includes('json') === true
  const schema = operationOf(method, pathname)?.request
  return {
    method,
    path: pathname,
    query: readForm(search.slice(1)),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: (json ? JSON.parse(text || '{}') : typed(schema, readForm(text))) as Json,
  }
}

function differences({ operationOf, wrong }: Described, asked: Asked, answered: Answered): readonly string[] {
  const operation = operationOf(asked.method, asked.path)
  const name = `${asked.method} ${operation?.path ?? asked.path}`
  if (operation === undefined) return [`${name} is not described`]
  const unknown = Object.keys(asked.query).filter((one) => !operation.query.includes(one))
  const found = [
    ...unknown.map((one) => `${name} query: ${one} is not described`),
    ...(asked.method === 'GET' ? [] : wrong(operation.request, asked.body).map((one) => `${name} request ${one}`)),
  ]
  if (answered === 'cut') return found
  const schema = operation.answers[String(answered.status)] ?? operation.answers['default']
  // Too many requests: every provider says so in its words, not each in its description.
  if (answered.status === 429 && schema === undefined) return found
  if (schema === undefined) return [...found, `${name} answer: ${answered.status} is not described`]
  return [...found, ...wrong(schema, answered.body).map((one) => `${name} ${answered.status} ${one}`)]
}
