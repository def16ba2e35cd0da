import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createHandshake } from '../src/handshake.ts'
import { createHttpSend } from '../src/http.ts'
import { listenerOf } from '../src/node-http.ts'
import { memoryPeers } from '../src/peers.ts'
import { NEEDED_FROM_CPO, type Offer } from '../src/roles.ts'
import { createOcpiServer } from '../src/server.ts'
import type { Serve, WireRequest } from '../src/wire.ts'
import { CPO_PARTY, counter, offered, PTP_PARTY } from './two-platforms.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  open.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A listening socket whose `Serve` is given later, because its URL is needed first. */
async function socket() {
  const place = { serve: undefined as Serve | undefined, origin: '' }
  const serve: Serve = async (request) =>
    (place.serve ?? (async () => ({ status: 503, headers: {}, body: '' })))(request)
  place.origin = await listen(createServer(listenerOf(serve, () => place.origin)))
  return place
}

function sender(options: Parameters<typeof createHttpSend>[0]) {
  const send = createHttpSend(options)
  open.push(() => send.close())
  return send
}
const get = (url: string): WireRequest => ({ method: 'GET', url, headers: { 'x-a': 'b' }, body: '' })

test('our own address may be called wherever it is, and nothing else beside it', async () => {
  const server = () => listen(createServer((_request, response) => response.end('{}')))
  const [own, beside] = [await server(), await server()]
  const named = own.replace('127.0.0.1', 'localhost')
  for (const origin of [own, named]) {
    const send = createHttpSend({ own: `${origin}/ptp` })
    open.push(send.close)
    const ask = (url: string) => send({ method: 'GET', url, headers: {}, body: '' })
    expect((await ask(`${origin}/ptp/ocpi/versions`)).status).toBe(200)
    await expect(ask(beside)).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
    await expect(ask(beside.replace('127.0.0.1', 'localhost'))).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
  }
})

test('a whole handshake over real sockets', async () => {
  const send = sender({ allowPrivatePeers: true })
  const made = await Promise.all(
    [CPO_PARTY, PTP_PARTY].map(async (party) => {
      const place = await socket()
      const next = counter()
      const shared = {
        party,
        baseUrl: `${place.origin}/ocpi`,
        peers: memoryPeers(),
        clock: { now: () => 0 },
        ids: () => `${party.partyId}-${next()}`,
      }
      const needs: Offer =
        party.role === 'PTP' ? { locations: NEEDED_FROM_CPO['locations']! } : { payments: ['SENDER' as const] }
      const handshake = createHandshake({ ...shared, send, needs, randomToken: () => 'r'.repeat(40) + next() })
      const modules = [party.role === 'PTP' ? offered('payments', 'SENDER') : offered('locations', 'SENDER')]
      place.serve = createOcpiServer({ ...shared, handshake, modules })
      return { handshake, peers: shared.peers }
    }),
  )
  const [cpo, ptp] = made as [(typeof made)[0], (typeof made)[0]]

  const invitation = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })
  const peer = await ptp.handshake.register(invitation)
  const renewed = await ptp.handshake.rotate(peer.id)

  expect([peer.status, renewed.version, (await cpo.peers.get(invitation.id))?.status]).toEqual([
    'registered',
    '2.3.0',
    'registered',
  ])
})

test('headers and bodies pass in both directions, names in lower case, whatever the letters', async () => {
  const place = await socket()
  place.serve = async (request) => ({
    status: 201,
    headers: { 'X-Told': request.headers['x-a'] ?? '' },
    body: `${request.method} ${request.ascii} ${request.body}`,
  })
  const send = sender({ allowPrivatePeers: true })

  for (const [body, ascii] of [
    ['', true],
    ['{"a":1}', true],
    ['{"\\u00e9":"\u007f"}', true],
    ['{"ü":"Málaga"}', false],
    ['{"€":"日本 🔌"}', false],
    ['x'.repeat(200_000), true],
    [`${'é'.repeat(70_000)}z`, false],
  ] as const) {
    const answer = await send({ method: 'PUT', url: `${place.origin}/x`, headers: { 'x-a': 'b' }, body })
    expect(answer).toMatchObject({ status: 201, headers: { 'x-told': 'b' } })
    expect(answer.body).toBe(`PUT ${ascii} ${body}`)
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.body)))
  }
})

test('T26: of a body that is too large enough arrives to be refused for it, and the answer is not lost', async () => {
  const place = await socket()
  place.serve = async ({ body }) => ({ status: 413, headers: {}, body: String(body.length > 1_000_000) })

  const answer = await sender({ allowPrivatePeers: true })({
    method: 'PUT',
    url: `${place.origin}/x`,
    headers: {},
    body: 'x'.repeat(8_000_000),
  })

  expect([answer.status, answer.body]).toEqual([413, 'true'])
})

test('E-49: redirects are not followed', async () => {
  const place = await socket()
  let asked = 0
  place.serve = async () => {
    asked += 1
    return { status: 302, headers: { location: `${place.origin}/other` }, body: '' }
  }

  expect((await sender({ allowPrivatePeers: true })(get(place.origin))).status).toBe(302)
  expect(asked).toBe(1)
})

test('an answer above the cap is PEER_GARBLED and not read to its end', async () => {
  const origin = await listen(
    createServer((_request, response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    }),
  )

  await expect(sender({ allowPrivatePeers: true, maxBodyBytes: 1_000_000 })(get(origin))).rejects.toMatchObject({
    code: 'PEER_GARBLED',
  })
})

test('a closed port, an unknown name and a refused address surely did not arrive', async () => {
  const server = createServer()
  const origin = await listen(server)
  await new Promise((done) => server.close(done))

  await expect(sender({ allowPrivatePeers: true })(get(origin))).rejects.toMatchObject({
    code: 'PEER_UNREACHABLE',
    retry: true,
  })
  const resolve = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
  await expect(sender({ resolve })(get('https://cpo.example/'))).rejects.toMatchObject({
    code: 'PEER_UNREACHABLE',
    retry: true,
  })
  await expect(sender({})(get(origin.replace('http', 'https')))).rejects.toMatchObject({
    code: 'PEER_UNREACHABLE',
    retry: false,
  })
})

test('a server that takes the request and says nothing, slowly drips or hangs up is PEER_SILENT', async () => {
  const silent = await listen(createServer(() => undefined))
  const dripping = await listen(
    createServer((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    }),
  )
  const rude = await listen(createServer((request) => request.socket.destroy()))
  const send = sender({ allowPrivatePeers: true, answerMs: 200 })

  for (const origin of [silent, dripping, rude]) {
    await expect(send(get(origin))).rejects.toMatchObject({ code: 'PEER_SILENT', retry: true })
  }
  await expect(sender({ allowPrivatePeers: true })(get(silent), { timeoutMs: 100 })).rejects.toMatchObject({
    code: 'PEER_SILENT',
  })
})

test('T08, T09: a public name that resolves to a private address is never connected to', async () => {
  let connections = 0
  const server = createServer()
  server.on('connection', () => {
    connections += 1
  })
  const origin = await listen(server)
  const port = new URL(origin).port
  const answers = [
    ['8.8.8.8', '127.0.0.1'],
    ['::ffff:127.0.0.1'],
    ['127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['169.254.169.254'],
  ]

  for (const addresses of answers) {
    const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    await expect(sender({ resolve })(get(`https://rebind.example:${port}/`))).rejects.toMatchObject({
      code: 'PEER_UNREACHABLE',
      retry: false,
    })
  }
  expect(connections).toBe(0)
  await new Promise<void>((done) =>
    connect(Number(port), '127.0.0.1', function (this: { end: () => void }) {
      this.end()
      done()
    }),
  )
})

test('T12: a server without a valid certificate is not talked to', async () => {
  const origin = await listen(createServer((_request, response) => response.end('{}')))

  await expect(sender({ allowPrivatePeers: true })(get(origin.replace('http:', 'https:')))).rejects.toBeInstanceOf(
    Error,
  )
})
