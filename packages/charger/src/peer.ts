import type { Clock } from './clock.ts'
import { type Answer, OcppError, type OcppErrorCode, type OcppProtocol, type Payload } from './link.ts'
import { checkPayload, type Message, readMessage, writeMessage } from './message.ts'

export interface PeerParts {
  readonly protocol: OcppProtocol
  readonly clock: Clock
  readonly send: (text: string) => void
  readonly answers: ReadonlyMap<string, Answer>
  readonly callTimeoutMs: number
}

/** One end of one OCPP-J connection: calls out one at a time, answers to calls that come in. */
export interface Peer {
  call(action: string, payload: Payload, options?: { readonly timeoutMs?: number }): Promise<Payload>
  receive(text: string): void
  /** Rejects what still waits. */
  end(): void
}

interface Waiting {
  readonly action: string
  readonly payload: Payload
  readonly timeoutMs: number
  readonly resolve: (payload: Payload) => void
  readonly reject: (error: OcppError) => void
}

export function createPeer(parts: PeerParts): Peer {
  const queue: Waiting[] = []
  let current: (Waiting & { readonly id: string; readonly forget: () => void }) | undefined
  let sent = 0
  let ended = false

  const next = () => {
    const waiting = queue.shift()
    if (!waiting) return
    sent += 1
    const forget = parts.clock.after(waiting.timeoutMs, () =>
      finish(({ reject, action }) => reject(new OcppError('timeout', `${action} got no answer in time.`))),
    )
    current = { ...waiting, id: String(sent), forget }
    parts.send(writeMessage({ kind: 'call', id: current.id, action: waiting.action, payload: waiting.payload }))
  }
  const finish = (settle: (waiting: Waiting) => void) => {
    if (!current) return
    const done = current
    current = undefined
    done.forget()
    settle(done)
    next()
  }

  return {
    call(action, payload, options = {}) {
      return new Promise((resolve, reject) => {
        if (ended) return reject(new OcppError('closed', `${action} was not sent: the connection is gone.`))
        try {
          checkPayload({ protocol: parts.protocol, action, direction: 'req' }, payload)
        } catch (error) {
          return reject(error as OcppError)
        }
        queue.push({ action, payload, timeoutMs: options.timeoutMs ?? parts.callTimeoutMs, resolve, reject })
        if (!current) next()
      })
    },
    receive(text) {
      const message = readMessage(text)
      if (!message || ended) return
      if (message.kind === 'call') return void reply(message, parts).then((answer) => ended || parts.send(answer))
      if (message.id === current?.id) finish((waiting) => settle(waiting, message, parts.protocol))
    },
    end() {
      ended = true
      const lost = [...(current ? [current] : []), ...queue.splice(0)]
      current?.forget()
      current = undefined
      for (const { reject, action } of lost)
        reject(new OcppError('closed', `${action} got no answer: connection closed.`))
    },
  }
}

function settle(waiting: Waiting, message: Exclude<Message, { kind: 'call' }>, protocol: OcppProtocol): void {
  if (message.kind === 'error') {
    const told = `${waiting.action} was refused: ${message.description}`
    waiting.reject(new OcppError('refused', told, message.code))
    return
  }
  try {
    checkPayload({ protocol, action: waiting.action, direction: 'conf' }, message.payload)
    waiting.resolve(message.payload)
  } catch (error) {
    waiting.reject(error as OcppError)
  }
}

async function reply(call: Extract<Message, { kind: 'call' }>, parts: PeerParts): Promise<string> {
  const check = (direction: 'req' | 'conf', payload: Payload) =>
    checkPayload({ protocol: parts.protocol, action: call.action, direction }, payload)
  try {
    const answer = parts.answers.get(call.action)
    if (!answer) throw new OcppError('refused', `Unable to handle '${call.action}' calls`, 'NotImplemented')
    check('req', call.payload)
    const payload = await answer(call.payload)
    try {
      check('conf', payload)
    } catch {
      throw new OcppError('refused', `The answer to ${call.action} broke its schema`, 'InternalError')
    }
    return writeMessage({ kind: 'result', id: call.id, payload })
  } catch (error) {
    return writeMessage({ kind: 'error', id: call.id, ...refusal(error) })
  }
}

/** Only a refusal is told to the other side; what broke on ours stays here. Judged by its fields: handlers have error classes of their own. */
function refusal(error: unknown): { readonly code: OcppErrorCode; readonly description: string } {
  const { kind, code, message } = (error ?? {}) as { kind?: unknown; code?: OcppErrorCode; message?: string }
  if (kind === 'refused') return { code: code ?? 'GenericError', description: message ?? '' }
  return { code: 'InternalError', description: 'The message could not be handled; send it again' }
}
