/** A charging station that says and answers exactly what a story tells it to, over a real WebSocket. */
import { request } from 'node:http'

type Payload = Readonly<Record<string, unknown>>
type Frame = readonly unknown[]

export interface CallError {
  readonly code: string
  readonly text: string
}

/** `silent` never answers; an error becomes a CALLERROR. */
export type Reply = Payload | 'silent' | CallError | ((payload: Payload) => Promise<Payload> | Payload)

export interface RawStation {
  readonly id: string
  readonly protocol: 'ocpp1.6' | 'ocpp2.0.1'
  /** Commands it got, oldest first. */
  readonly got: { readonly action: string; readonly payload: Payload }[]
  answers: Record<string, Reply>
  /** Sends a CALL; resolves with the result, or with the CALLERROR. */
  readonly say: (action: string, payload: Payload) => Promise<Payload>
  /** Sends any text and resolves with the next frame that comes. */
  readonly raw: (text: string) => Promise<Frame>
  /** The code with which the connection ended. */
  readonly closed: Promise<number>
  readonly close: () => Promise<number>
}

export async function rawStation(at: {
  readonly port: number
  readonly id: string
  readonly protocol: RawStation['protocol']
}): Promise<RawStation> {
  const socket = new WebSocket(`ws://127.0.0.1:${at.port}/ocpp/${encodeURIComponent(at.id)}`, at.protocol)
  const waiting = new Map<string, (frame: Frame) => void>()
  let next: ((frame: Frame) => void) | undefined
  let count = 0
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  const station: RawStation = {
    ...at,
    got: [],
    answers: {},
    closed,
    say: async (action, payload) => {
      const id = `m${++count}`
      const answered = new Promise<Frame>((resolve) => waiting.set(id, resolve))
      socket.send(JSON.stringify([2, id, action, payload]))
      const [type, , ...more] = await answered
      return type === 3 ? (more[0] as Payload) : { code: more[0], text: more[1] }
    },
    raw: (text) => {
      const answered = new Promise<Frame>((resolve) => {
        next = resolve
      })
      socket.send(text)
      return answered
    },
    close: () => {
      socket.close(1000)
      return closed
    },
  }
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame
    const [type, id, action, payload] = frame
    if (type === 2) return void answer(station, socket, [String(id), String(action), payload as Payload])
    const resolve = waiting.get(String(id)) ?? next
    waiting.delete(String(id))
    resolve?.(frame)
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error(`station ${at.id} was not let in`)))
  })
  return station
}

async function answer(station: RawStation, socket: WebSocket, [id, action, payload]: [string, string, Payload]) {
  station.got.push({ action, payload })
  const reply = station.answers[action] ?? { status: 'Accepted' }
  const said = typeof reply === 'function' ? await reply(payload) : reply
  if (said === 'silent') return
  if ('code' in said) socket.send(JSON.stringify([4, id, said['code'], said['text'], {}]))
  else socket.send(JSON.stringify([3, id, said]))
}

/** The HTTP status with which a connection is answered. */
export function knock(at: {
  readonly port: number
  readonly id: string
  readonly protocol?: string
  readonly user?: string
  readonly password?: string
}): Promise<number> {
  const { port, id, protocol = 'ocpp1.6', user, password } = at
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      host: '127.0.0.1',
      path: `/ocpp/${encodeURIComponent(id)}`,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64'),
        'sec-websocket-protocol': protocol,
        ...(user !== undefined && { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
      },
    })
    asked.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('upgrade', (_, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.on('error', reject)
    asked.end()
  })
}
