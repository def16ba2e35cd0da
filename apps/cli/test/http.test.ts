import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Tiny, tinyPlatform } from './tiny-platform.ts'

let tiny: Tiny
beforeAll(async () => {
  tiny = await tinyPlatform()
})
afterAll(() => tiny.close())

const json = { 'content-type': 'application/json' }
const post = (path: string, body: string, headers: Record<string, string> = json) =>
  fetch(tiny.url + path, { method: 'POST', body, headers })

/** fetch does not let a test lie about Host. */
function withHost(host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest({ port: tiny.port, host: '127.0.0.1', path, headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

/** Bytes as they are, answer as it comes. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(tiny.port, '127.0.0.1', () => socket.end(bytes))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

test('the OCPI entrance gets the body as it was sent, whatever its media type, and its URL below the public one', async () => {
  for (const headers of [
    { 'content-type': 'application/json' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'nonsense' },
  ] as const) {
    const response = await post('/ptp/ocpi/2.3.0/receiver/cdrs?x=1', '{ not json', headers)
    expect(response.status).toBe(200)
    expect(tiny.wire.at(-1)).toMatchObject({
      method: 'POST',
      url: `${tiny.url}/ptp/ocpi/2.3.0/receiver/cdrs?x=1`,
      body: '{ not json',
    })
  }
})

test('a body above the limit is judged by the OCPI server, not cut off by the socket', async () => {
  expect((await post('/ptp/ocpi/2.3.0/receiver/cdrs', 'x'.repeat(3_000_000))).status).toBe(413)
  expect(tiny.wire.at(-1)?.body.length).toBe(1_000_001)
})

test('a sender that hangs up in the middle of its body is no fault of ours', async () => {
  const before = tiny.faults.length
  await new Promise<void>((resolve) => {
    const socket = connect(tiny.port, '127.0.0.1', () =>
      socket.write('POST /ptp/ocpi/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\nhalf', () => {
        setTimeout(() => socket.destroy(), 50)
      }),
    )
    socket.on('close', () => setTimeout(resolve, 100))
  })
  expect(tiny.faults.length).toBe(before)
  expect((await fetch(`${tiny.url}/healthz`)).status).toBe(200)
})

test('paths that cannot be decoded, bytes that are no UTF-8 and unknown methods reach the OCPI server and crash nothing', async () => {
  const head = (line: string, more = '') => `${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${more}\r\n`
  expect(await raw(head('GET /ptp/ocpi/%zz'))).toContain('200 OK')
  expect(tiny.wire.at(-1)?.url).toBe(`${tiny.url}/ptp/ocpi/%zz`)
  const garbage = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])
  expect(
    await raw(Buffer.concat([Buffer.from(head('PUT /ptp/ocpi/x', `content-length: ${garbage.length}\r\n`)), garbage])),
  ).toContain('200 OK')
  expect(await raw(head('OPTIONS /ptp/ocpi/versions'))).toContain('200 OK')
  expect(await raw('GARBAGE\r\n\r\n')).toContain('400')
  expect((await fetch(`${tiny.url}/healthz`)).status).toBe(200)
})

test('a body that breaks its schema is answered with field, value and rule', async () => {
  const response = await post('/ptp/api/peers/invite', '{"country_code":"NLD","role":"EMSP","nonsense":1}')
  expect(response.status).toBe(400)
  const { findings, message } = (await response.json()) as {
    findings: { field: string; value: string }[]
    message: string
  }
  expect(findings.map(({ field }) => field).sort()).toEqual(['country_code', 'nonsense', 'party_id', 'role'])
  expect(findings).toContainEqual(expect.objectContaining({ field: 'country_code', value: '"NLD"' }))
  expect(message).toContain('party_id')
  expect(tiny.called).toEqual([])
})

test('a good body reaches the row with decoded parameters', async () => {
  const response = await post('/ptp/api/terminals/T%201/assign', '{"locations":["A"]}')
  expect(response.status).toBe(201)
  expect(tiny.called.at(-1)).toEqual({
    path: '/terminals/:id/assign',
    params: { id: 'T 1' },
    body: { locations: ['A'] },
  })
})

test.each([
  ['{', 'not JSON'],
  [`${'['.repeat(5000)}`, 'nest'],
  ['{"a":1,"a":2}', '"a"'],
])('JSON that cannot be taken is 400 with the reason: %.20s', async (body, reason) => {
  const response = await post('/ptp/api/peers/invite', body)
  expect(response.status).toBe(400)
  expect(await response.text()).toMatch(
    new RegExp(reason === 'nest' ? 'deep|nest|level' : reason.replace(/"/g, '\\\\?"')),
  )
})

test('what changes something must be JSON: a form of another site cannot send that', async () => {
  expect(
    (await post('/ptp/api/peers/invite', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' })).status,
  ).toBe(415)
  expect((await post('/ptp/link/T-1/tap', '{}', { 'content-type': 'text/plain' })).status).toBe(415)
})

test('pages of other origins are refused, own pages are not', async () => {
  const asked = (headers: Record<string, string>, path = '/ptp/api/terminals') =>
    fetch(tiny.url + path, { headers }).then(({ status }) => status)
  expect(await asked({ origin: 'https://evil.example' })).toBe(403)
  expect(await asked({ origin: 'null' })).toBe(403)
  expect(await asked({ origin: 'https://evil.example' }, '/ptp/link/T-1/offers')).toBe(403)
  expect(await asked({ origin: tiny.url })).toBe(200)
  expect((await post('/ptp/api/peers/invite', '{}', { ...json, origin: 'https://evil.example' })).status).toBe(403)
})

test('a name that only DNS leads here is refused; addresses and localhost are not', async () => {
  expect(await withHost('evil.example', '/ptp/api/terminals')).toBe(403)
  expect(await withHost('evil.example:80', '/')).toBe(403)
  for (const host of ['evil.example@localhost', 'localhost#.evil.example', 'localhost/evil', '[::1', 'localhost.'])
    expect(await withHost(host, '/ptp/api/terminals'), host).toBe(403)
  expect(await withHost('127.0.0.1', '/ptp/api/terminals')).toBe(200)
  expect(await withHost('[::1]:8080', '/ptp/api/terminals')).toBe(200)
  expect(await withHost('partner-proxy.example', '/ptp/ocpi/versions')).toBe(200)
})

test('with an API key the admin API demands it, and nothing else does', async () => {
  const locked = await tinyPlatform({ apiKey: 'correct-horse' })
  const status = (headers: Record<string, string>, path = '/ptp/api/terminals') =>
    fetch(locked.url + path, { headers }).then((response) => response.status)
  expect(await status({})).toBe(401)
  expect(await status({ authorization: 'Bearer wrong-horse' })).toBe(401)
  expect(await status({ authorization: 'Bearer correct-horse' })).toBe(200)
  expect(await status({ 'x-api-key': 'correct-horse' })).toBe(200)
  expect(await status({ authorization: `Basic ${Buffer.from('me:correct-horse').toString('base64')}` })).toBe(200)
  expect(await status({}, '/ptp/api/openapi.json')).toBe(401)
  expect(await status({}, '/healthz')).toBe(200)
  await locked.close()
})

test('a row that throws is told as 500 without its reason', async () => {
  const response = await fetch(`${tiny.url}/ptp/api/broken`)
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret inside')
  expect(tiny.faults.map(String)).toContain('Error: secret inside')
})

test('the log names what failed by its route, and never what opens a receipt (T29)', async () => {
  for (const path of [
    '/ptp/api/%62roken?key=word',
    '/ptp/receipts/token-of-a-receipt',
    '/ptp/receipts/token-of-a-receipt/pdf',
  ])
    expect((await fetch(tiny.url + path)).status).toBe(500)
  expect(tiny.where.slice(-3)).toEqual(['GET /ptp/api/broken', 'GET /ptp/receipts/***', 'GET /ptp/receipts/***/pdf'])
})

test('nothing there is 404 with JSON', async () => {
  const response = await fetch(`${tiny.url}/ptp/api/nothing`)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: 'not-found' })
  expect((await fetch(`${tiny.url}/cpo/api/terminals`)).status).toBe(404)
})

test('OpenAPI is derived from the table', async () => {
  const description = (await (await fetch(`${tiny.url}/ptp/api/openapi.json`)).json()) as {
    openapi: string
    paths: Record<string, Record<string, { requestBody?: object; parameters?: object[] }>>
  }
  expect(description.openapi).toBe('3.1.0')
  expect(description.paths['/peers/invite']?.['post']?.requestBody).toBeDefined()
  expect(description.paths['/payments/{reference}']?.['get']?.parameters).toEqual([
    { name: 'reference', in: 'path', required: true, schema: { type: 'string' } },
  ])
})

test('a stream answers server-sent events and ends with its source', async () => {
  const response = await fetch(`${tiny.url}/ptp/api/payments/ref-1/events`)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const text = await response.text()
  expect(text.match(/^data: /gm)).toHaveLength(2)
})

test('the terminal link: answers, refusals and unknown terminals', async () => {
  expect(await (await fetch(`${tiny.url}/ptp/link/T-1/offers?language=de`)).json()).toMatchObject({ terminalId: 'T-1' })
  expect((await fetch(`${tiny.url}/ptp/link/T-2/offers`)).status).toBe(404)
  expect((await fetch(`${tiny.url}/ptp/link/T-2/news`)).status).toBe(404)
  const tap = { locationId: 'L', evseUid: 'E', connectorId: '1', card: 'approved', language: 'en', tapId: 't1' }
  expect(await (await post('/ptp/link/T-1/tap', JSON.stringify(tap))).json()).toMatchObject({ reference: 'ref-1' })
  const taken = await post('/ptp/link/T-1/tap', JSON.stringify({ ...tap, card: 'taken' }))
  expect([taken.status, await taken.json()]).toEqual([
    409,
    { refused: 'not-available', message: 'EVSE E has just been taken.' },
  ])
  const wrong = await post('/ptp/link/T-1/tap', JSON.stringify({ ...tap, card: 5 }))
  expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('card')])
})

test('news: running payments first, then what changes, and that offers changed', async () => {
  const stop = new AbortController()
  const response = await fetch(`${tiny.url}/ptp/link/T-1/news`, { signal: stop.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const until = async (wanted: string) => {
    for (let text = ''; ; ) {
      const { value, done } = await reader.read()
      text += value ?? ''
      if (text.includes(wanted)) return
      if (done) throw new Error(`The stream ended before "${wanted}".`)
    }
  }
  await until('"reference":"ref-1"')
  tiny.changes.publish('offers')
  await until('event: offers')
  stop.abort()
})

test('pages carry a strict policy; a web app that is not built says how to build it', async () => {
  const missing = await fetch(`${tiny.url}/console/payments/x`)
  expect([missing.status, await missing.text()]).toEqual([503, expect.stringContaining('npm run build')])
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-web-'))
  mkdirSync(join(folder, 'assets'))
  for (const page of ['index', 'console', 'kiosk'])
    writeFileSync(join(folder, `${page}.html`), `<title>${page}</title>`)
  writeFileSync(join(folder, 'assets', 'a-1.js'), 'let a')
  const built = await tinyPlatform({ webFolder: folder })
  const pages = { '/': 'index', '/console/': 'console', '/console/payments/1': 'console', '/terminal/T-1': 'kiosk' }
  for (const [path, page] of Object.entries(pages)) {
    const response = await fetch(built.url + path)
    expect(await response.text()).toContain(page)
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'/)
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  }
  const asset = await fetch(`${built.url}/assets/a-1.js`)
  expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, expect.stringContaining('immutable')])
  expect((await fetch(`${built.url}/assets/..%2f..%2fetc/passwd`)).status).not.toBe(200)
  await built.close()
})
