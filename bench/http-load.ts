/**
 * Load from a process of its own: one request at a time on each of several connections, written as ready-made bytes,
 * so that the server and not the client is what is measured. It never sleeps while it asks: on one machine the system
 * charges the waking of a sleeping client to the server that answers it, 16 us of CPU a request, more than anything that
 * is compared here, and the more of them the slower the server. Asked by IPC, answers with the number of answers.
 */
import { connect } from 'node:net'
import process from 'node:process'

export interface LoadOrder {
  readonly origin: string
  /** POST unless given. */
  readonly method?: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly connections: number
  readonly ms: number
}

export interface LoadAnswer {
  readonly answers: number
  /** Answers whose first line was not 200 or 201. */
  readonly refused: number
  readonly ms: number
}

function bytesOf({ origin, method = 'POST', path, headers, body }: LoadOrder): Buffer {
  const lines = Object.entries({
    host: new URL(origin).host,
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  })
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
}

/** Answers carry a content-length; that is all that has to be understood of them. */
function driveConnection(order: LoadOrder, bytes: Buffer, until: number): Promise<Omit<LoadAnswer, 'ms'>> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(order.origin)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => socket.write(bytes))
    const counted = { answers: 0, refused: 0 }
    let text = ''
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.on('data', (chunk: string) => {
      text += chunk
      const head = text.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN)
      if (text.length < head + 4 + length) return
      counted.answers++
      if (!/^HTTP\/1\.1 20[01]/.test(text)) counted.refused++
      text = ''
      if (performance.now() < until) socket.write(bytes)
      else {
        socket.destroy()
        resolve(counted)
      }
    })
  })
}

process.on('message', (order: LoadOrder) => {
  const began = performance.now()
  const bytes = bytesOf(order)
  let open = true
  const stayAwake = () => void (open && setImmediate(stayAwake))
  stayAwake()
  const drives = Array.from({ length: order.connections }, () => driveConnection(order, bytes, began + order.ms))
  void Promise.all(drives).then((all) => {
    open = false
    const sum = (pick: (one: Omit<LoadAnswer, 'ms'>) => number) => all.reduce((total, one) => total + pick(one), 0)
    process.send?.({
      answers: sum((one) => one.answers),
      refused: sum((one) => one.refused),
      ms: performance.now() - began,
    } satisfies LoadAnswer)
  })
})
