/** A port of its own for charging stations, with TLS where a certificate is given. (OCPP security profiles 1 and 2) */
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { couldNotRun } from './exit.ts'
import { LIMITS, listening } from './http/port.ts'
import type { OcppConfig } from './ocpp-settings.ts'

export interface OcppPort {
  /** wss://host:port/ocpp */
  readonly url: string
  readonly close: () => Promise<void>
}

export async function openOcppPort(
  { host, ocppPort, ocppTlsCert, ocppTlsKey }: OcppConfig & { readonly host: string },
  gate: ChargerGate,
): Promise<OcppPort | undefined> {
  if (ocppPort === undefined) return undefined
  const tls =
    ocppTlsCert === undefined || ocppTlsKey === undefined
      ? undefined
      : { cert: pem(ocppTlsCert), key: pem(ocppTlsKey), minVersion: 'TLSv1.2' as const }
  const answer = (_: unknown, response: import('node:http').ServerResponse) => void response.writeHead(426).end()
  const server = secured(tls, answer)
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!gate.handleUpgrade(request, socket, head))
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  await listening(server, host, ocppPort)
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}/ocpp`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Tls = { readonly cert: Buffer; readonly key: Buffer; readonly minVersion: 'TLSv1.2' }

function secured(tls: Tls | undefined, answer: Parameters<typeof createHttpServer>[1]) {
  if (tls === undefined) return createHttpServer(LIMITS, answer)
  try {
    return createTlsServer({ ...LIMITS, ...tls }, answer)
  } catch (error) {
    throw couldNotRun(
      `The certificate of the charging stations' port and its key cannot be used: ${(error as Error).message}.`,
    )
  }
}

function pem(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw couldNotRun(`${file} cannot be read: ${(error as Error).message}.`)
  }
}
