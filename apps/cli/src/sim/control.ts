/** The live control of `plugtill charger --listen`: the same table as in the sandbox, on a port of this machine alone. */
import { fileURLToPath } from 'node:url'
import type { Station } from '@plugtill/charger/station'
import { createApp } from '../http/app.ts'
import { openPort } from '../http/port.ts'
import { simTable } from './table.ts'

export interface Control {
  readonly url: string
  readonly close: () => Promise<void>
}

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))

export async function serveControl({
  port: wanted,
  apiKey,
  stations,
}: {
  readonly port: number
  readonly apiKey: string | undefined
  readonly stations: ReadonlyMap<string, Station>
}): Promise<Control> {
  const port = await openPort({ host: '127.0.0.1', port: wanted })
  const url = `http://localhost:${port.port}`
  const app = await createApp({
    publicUrl: url,
    ...(apiKey !== undefined && { apiKey }),
    sim: simTable(() => stations),
    ready: async () => undefined,
    webFolder: WEB,
    serverFactory: (listener) => {
      port.serve(listener)
      return port.server
    },
    onFault: (error, where) => process.stderr.write(`${where}: ${error instanceof Error ? error.message : error}\n`),
  })
  return {
    url,
    close: async () => {
      await app.close()
      await port.close()
    },
  }
}
