/** The wire between the platforms, in memory: the same bytes, on the world's clock, with faults on demand. */
import { Fault } from '@plugtill/ocpi/errors'
import type { Send, Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'

/** What becomes of one request. Without a fate it arrives after `latencyMs` and its answer as long after that. */
export type Fate =
  /** The connection is refused: it surely did not arrive. */
  | { readonly fate: 'unreachable' }
  /** It never arrives; the sender waits until its time limit. */
  | { readonly fate: 'lost' }
  /** It arrives and is served; the answer never comes back. */
  | { readonly fate: 'answer-lost' }
  /** It arrives later; the sender's time limit may be over by then. */
  | { readonly fate: 'late'; readonly delayMs: number }
  /** Its answer comes later. */
  | { readonly fate: 'answer-late'; readonly delayMs: number }
  /** It arrives twice; the second answer is thrown away. */
  | { readonly fate: 'twice' }
  /** Something between the platforms answers instead. */
  | { readonly fate: 'answered'; readonly response: WireResponse }

export interface Passed {
  readonly at: number
  readonly request: WireRequest
  readonly response?: WireResponse
}

export interface NetworkParts {
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  /** One way. */
  readonly latencyMs: number
  readonly timeoutMs: number
}

export interface Network {
  readonly send: Send
  /** Everything below `baseUrl` is answered by `serve`; undefined takes the host off the network. */
  readonly attach: (baseUrl: string, serve: Serve | undefined) => void
  /** Asked for every request, newest rule first; returns what ends the rule. */
  readonly rule: (judge: (request: WireRequest) => Fate | undefined) => () => void
  /** All that was served, in the order of the answers. */
  readonly passed: readonly Passed[]
}

export function createNetwork({ clock, latencyMs, timeoutMs }: NetworkParts): Network {
  const hosts = new Map<string, Serve>()
  const rules: ((request: WireRequest) => Fate | undefined)[] = []
  const passed: Passed[] = []
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
  const hostOf = (url: string) => [...hosts].find(([base]) => url === base || url.startsWith(`${base}/`))?.[1]

  async function arrive(request: WireRequest): Promise<WireResponse> {
    const serve = hostOf(request.url)
    if (!serve) throw new Fault('PEER_UNREACHABLE', `Nobody listens at ${request.url}.`, { retry: true })
    const response = await serve(request)
    passed.push({ at: clock.now(), request, response })
    return response
  }

  async function travel(request: WireRequest, fate: Fate | undefined): Promise<WireResponse> {
    if (fate?.fate === 'unreachable')
      throw new Fault('PEER_UNREACHABLE', `${request.url} refuses connections.`, { retry: true })
    if (fate?.fate === 'answered') return fate.response
    if (fate?.fate === 'lost') return never()
    await wait(latencyMs + (fate?.fate === 'late' ? fate.delayMs : 0))
    const response = await arrive(request)
    if (fate?.fate === 'answer-lost') return never()
    if (fate?.fate === 'twice') await arrive(request)
    await wait(latencyMs + (fate?.fate === 'answer-late' ? fate.delayMs : 0))
    return response
  }

  return {
    passed,
    attach: (baseUrl, serve) => void (serve ? hosts.set(baseUrl, serve) : hosts.delete(baseUrl)),
    rule: (judge) => {
      rules.unshift(judge)
      return () => void rules.splice(rules.indexOf(judge), 1)
    },
    send: (request, options) => {
      const judged = rules.map((judge) => judge(request)).find((fate) => fate !== undefined)
      return withinLimit(travel(request, judged), options?.timeoutMs ?? timeoutMs, { clock, url: request.url })
    },
  }
}

const never = () => new Promise<never>(() => undefined)

/** The sender gives up at its own limit, whatever happens on the way. */
function withinLimit(
  answer: Promise<WireResponse>,
  limitMs: number,
  { clock, url }: Pick<NetworkParts, 'clock'> & { url: string },
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () =>
      reject(new Fault('PEER_SILENT', `${url} gave no answer in ${limitMs} ms.`, { retry: true })),
    )
    answer.then(resolve, reject).finally(cancel)
  })
}
