/** Stands between the server and PostgreSQL: cuts connections, and kills the server before or after a COMMIT. */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { COMMIT } from './points.ts'
import type { Trap } from './trap.ts'

/** A simple query of the wire protocol: 'Q', length, text, 0. */
const COMMIT_QUERY = Buffer.from('COMMIT\0')

export interface DatabaseProxy {
  readonly port: number
  /** Ends every connection, as a switch that reboots does. */
  readonly cut: () => void
  readonly close: () => Promise<void>
}

export async function openDatabaseProxy({
  target,
  trap,
}: {
  readonly target: number
  readonly trap: Trap
}): Promise<DatabaseProxy> {
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    near.setNoDelay(true)
    far.setNoDelay(true)
    keep(near)
    keep(far)
    let committing = false
    near.on('data', (bytes: Buffer) => {
      committing = bytes.includes(COMMIT_QUERY)
      if (committing && trap.at(COMMIT, 'before')) return void far.destroy()
      far.write(bytes)
    })
    far.on('data', (bytes: Buffer) => {
      if (committing && trap.at(COMMIT, 'after')) return void near.destroy()
      committing = false
      near.write(bytes)
    })
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
