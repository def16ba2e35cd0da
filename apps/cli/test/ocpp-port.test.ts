import { readFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { openOcppPort } from '../src/ocpp-port.ts'

const file = (name: string) => join(import.meta.dirname, 'fixtures', name)
const tls = { ocppTlsCert: file('station-port.crt'), ocppTlsKey: file('station-port.key') }
const gate = () => createChargerGate({ known: (id) => id === 'KNOWN', onLink: () => undefined })
const config = (change: object) => ({ ...readConfig({ env: {} }), host: '127.0.0.1', ocppPort: 0, ...change })

/** The status of an upgrade over TLS that trusts this certificate only. */
function knock(url: string, id: string): Promise<number> {
  const { port } = new URL(url)
  return new Promise((resolve, reject) => {
    const asked = get({
      ...{ host: '127.0.0.1', port, path: `/ocpp/${id}`, ca: readFileSync(tls.ocppTlsCert) },
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64'),
        'sec-websocket-protocol': 'ocpp2.0.1',
      },
    })
    asked.on('response', ({ statusCode }) => resolve(statusCode ?? 0))
    asked.on('upgrade', (_, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.on('error', reject)
  })
}

test('with a certificate stations come by wss, on a port of their own', async () => {
  const open = gate()
  const port = (await openOcppPort(config(tls), open))!
  expect(port.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/ocpp$/)
  expect(await knock(port.url, 'KNOWN')).toBe(101)
  expect(await knock(port.url, 'OTHER')).toBe(404)
  await open.close()
  await port.close()
})

test('without one it is ws, and without a port there is none', async () => {
  const open = gate()
  const port = (await openOcppPort(config({}), open))!
  expect(port.url).toMatch(/^ws:/)
  await port.close()
  expect(await openOcppPort(config({ ocppPort: undefined }), open)).toBeUndefined()
  await open.close()
})

test('a certificate that cannot be used stops the start with one line', async () => {
  const wrong = config({ ...tls, ocppTlsKey: tls.ocppTlsCert })
  await expect(openOcppPort(wrong, gate())).rejects.toThrow('cannot be used')
  await expect(openOcppPort(config({ ...tls, ocppTlsKey: '/nowhere' }), gate())).rejects.toThrow(
    '/nowhere cannot be read',
  )
})

test.each([
  [{ PLUGTILL_OCPP_TLS_CERT: 'a' }, 'A certificate needs its key'],
  [{ PLUGTILL_OCPP_TLS_CERT: 'a', PLUGTILL_OCPP_TLS_KEY: 'b' }, 'PLUGTILL_OCPP_PORT'],
  [{ PLUGTILL_UNKNOWN_STATIONS: 'welcome' }, 'one of refuse, quarantine'],
])('%j is refused', (env, text) => {
  expect(() => readConfig({ env })).toThrow(text)
})
