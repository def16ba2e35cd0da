/** Official examples, damaged in every way we could think of, thrown at a server that keeps what it is sent. */
import { isAscii } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as breathe } from 'node:timers/promises'
import type { WireRequest } from '../src/wire.ts'
import { keeper } from './keeper.ts'
import { mutatedRequest, mutatedText, oneOf, seeded } from './mutate.ts'
import { raw } from './two-platforms.ts'

interface Example {
  readonly name: string
  readonly value: unknown
}

const EXAMPLES = new URL('../../../spec/', import.meta.url)

/** Where an example is sent; the first fitting row counts. */
const DOORS: readonly (readonly [RegExp, WireRequest['method'], string])[] = [
  [/^location_patch.*(status|remove_evse)/, 'PATCH', 'receiver/locations/NL/ABC/L1/E1'],
  [/^location_patch.*tariff/, 'PATCH', 'receiver/locations/NL/ABC/L1/E1/1'],
  [/^location_patch/, 'PATCH', 'receiver/locations/NL/ABC/L1'],
  [/^location_put/, 'PUT', 'receiver/locations/NL/ABC/L1/E1'],
  [/^location/, 'PUT', 'receiver/locations/NL/ABC/L1'],
  [/^tariff/, 'PUT', 'receiver/tariffs/NL/ABC/TA1'],
  [/^session_patch/, 'PATCH', 'receiver/sessions/NL/ABC/S1'],
  [/^session/, 'PUT', 'receiver/sessions/NL/ABC/S1'],
  [/^cdr/, 'POST', 'receiver/cdrs'],
  [/^token_patch/, 'PATCH', 'receiver/tokens/NL/ABC/T1'],
  [/^token/, 'PUT', 'receiver/tokens/NL/ABC/T1'],
  [/^payment_financial/, 'POST', 'receiver/payments/financial-advice-confirmations'],
  [/^payment_terminal_activate/, 'POST', 'sender/payments/terminals/activate'],
  [/^payment_terminal_(location|put)/, 'PATCH', 'sender/payments/terminals/T1'],
  [/^payment_terminal/, 'POST', 'receiver/payments/terminals'],
  [/^command|start_session/, 'POST', 'receiver/commands/START_SESSION'],
  [/^credentials/, 'PUT', 'credentials'],
  [/./, 'POST', 'receiver/commands/STOP_SESSION'],
]

function examples(version: string): readonly Example[] {
  const folder = new URL(`${version}/examples/`, EXAMPLES)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, value: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown }))
}

/** Puts the owner and the ids of the URL into the body, so that it gets past the first doors. */
function fitted(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const ids: Record<string, string> = path.includes('/NL/ABC/') ? { country_code: 'NL', party_id: 'ABC' } : {}
  const id = path.split('/').at(-1) ?? ''
  if (/locations|tariffs|sessions/.test(path) && 'id' in value) ids['id'] = id
  if (/tokens|\/E1$/.test(path) && 'uid' in value) ids['uid'] = id
  return { ...value, ...ids }
}

export interface StormReport {
  readonly seed: number
  readonly requests: number
  /** How many answers had each pair of HTTP and OCPI status. */
  readonly answers: Readonly<Record<string, number>>
  /** HTTP 5xx, thrown, or no envelope: must be empty. */
  readonly broken: readonly string[]
  /** The longest time one request held the event loop, in ms; the shortest of three when it took more than 20. */
  readonly longestMs: number
  readonly longest: string
  readonly ms: number
}

/** A pause of the machine does not come twice: what took long is asked twice more, and the shortest counts. */
async function again(took: number, serve: () => Promise<unknown>, now: () => number): Promise<number> {
  let shortest = took
  for (let round = 0; round < 2 && shortest > 20; round += 1) {
    const at = now()
    await serve()
    shortest = Math.min(shortest, now() - at)
  }
  return shortest
}

/** `now` measures; the server's own clock stands still. */
export async function storm(options: {
  readonly seed: number
  readonly requests: number
  readonly now: () => number
  readonly onProgress?: (done: number) => void
}): Promise<StormReport> {
  const { seed, requests, now } = options
  const random = seeded(seed)
  const { ptp, token, shelf } = await keeper()
  ptp.exchanges.length = 0
  const known = await ptp.peers.list()
  const bodies = (['2.3.0', '2.2.1'] as const).flatMap((version) =>
    examples(version).map(({ name, value }) => {
      const [, method, path] = DOORS.find(([pattern]) => pattern.test(name)) ?? DOORS.at(-1)!
      return { name, method, url: `${ptp.baseUrl}/${version}/${path}`, value: fitted(value, path) }
    }),
  )
  const answers: Record<string, number> = {}
  const broken: string[] = []
  let longestMs = 0
  let longest = ''
  const begun = now()
  for (let done = 0; done < requests; done += 1) {
    const { name, method, url, value } = oneOf(random, bodies)
    const body = random() < 0.03 ? JSON.stringify(value) : mutatedText(random, value)
    const asked = mutatedRequest(random, raw(method, url, token, { body }))
    // As the adapter of a socket hands it on.
    const request = { ...asked, ascii: isAscii(Buffer.from(asked.body)) }
    const at = now()
    try {
      const answer = await ptp.serve(request)
      const envelope = JSON.parse(answer.body) as { status_code?: unknown }
      const pair = `${answer.status} ${String(envelope.status_code)}`
      answers[pair] = (answers[pair] ?? 0) + 1
      if (answer.status >= 500 || typeof envelope.status_code !== 'number')
        broken.push(`${pair} ${name} #${done}: ${body.slice(0, 200)}`)
    } catch (error) {
      broken.push(`thrown ${name} #${done}: ${String(error)} ${body.slice(0, 200)}`)
    }
    const took = await again(now() - at, () => ptp.serve(request), now)
    // A handshake that got through must not end the storm.
    if (url.endsWith('/credentials')) for (const peer of known) await ptp.peers.save(peer)
    if (took > longestMs) {
      longestMs = took
      longest = `${name} #${done}, ${body.length} characters`
    }
    if (done % 500 === 499) {
      ptp.exchanges.length = 0
      if (shelf.size > 200) shelf.clear()
      options.onProgress?.(done + 1)
    }
    // Each request is a turn of the loop of its own, as over a socket.
    await breathe()
  }
  return { seed, requests, answers, broken, longestMs, longest, ms: now() - begun }
}
