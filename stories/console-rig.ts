/** A sandbox, a browser and what the stories of the console do with both. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Locator, Page, Response } from 'playwright-core'
import { launch, watchedPage } from './chromium.ts'
import { eventually, npmStart, type Started } from './started.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

export interface Payment {
  readonly reference: string
  readonly state: string
  readonly terminal_id: string
  readonly session: { readonly kwh: number } | null
}

/** One message with a partner, as the admin APIs keep it. */
export interface Said {
  readonly seq: number
  readonly direction: 'in' | 'out'
  readonly method: string
  readonly url: string
  readonly status: number
  readonly duration_ms: number
  readonly request_body: string
  readonly response_body: string
}

export interface ConsoleRig {
  readonly sandbox: Started
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  readonly complaints: readonly string[]
  readonly open: (path: string) => Promise<Response | null>
  readonly at: (testId: string) => Locator
  readonly get: Started['get']
  readonly post: <T>(path: string, body?: unknown) => Promise<T>
  /** A driver at the first terminal that has something free. */
  readonly tap: (card: string) => Promise<Payment>
  readonly reaches: (reference: string, state: string) => Promise<Payment>
  /** Until there is something to pay for: of nothing drawn no capture is asked, whatever the card would do. */
  readonly draws: (payment: Payment) => Promise<unknown>
  readonly stop: (payment: Payment, card: string) => Promise<unknown>
  /** The newest message that fits, on the wire of that platform. */
  readonly said: (side: 'ptp' | 'cpo', fits: (one: Said) => boolean) => Promise<Said>
  readonly close: () => Promise<void>
}

export async function consoleRig(args: readonly string[]): Promise<ConsoleRig> {
  const sandbox = await npmStart({ args })
  const browser = await launch()
  const { page, complaints } = await watchedPage(browser)
  await page.addInitScript({ content: readFileSync(AXE, 'utf8') })
  const post = async <T>(path: string, body: unknown = {}): Promise<T> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(sandbox.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as T
  }
  const free = async () => {
    for (const { terminal_id } of await sandbox.get<readonly { terminal_id: string }[]>('/ptp/api/terminals')) {
      const places = await sandbox.get<readonly { evse_uid: string; status: string }[]>(
        `/ptp/api/terminals/${terminal_id}/sellable`,
      )
      const place = places.find(({ status }) => status === 'AVAILABLE')
      if (place) return { terminal: terminal_id, evse: place.evse_uid }
    }
    return undefined
  }
  return {
    ...{ sandbox, browser, context: page.context(), page, complaints, post },
    open: (path) => page.goto(`${sandbox.url}/console/${path}`),
    at: (testId) => page.getByTestId(testId),
    get: sandbox.get,
    tap: (card) =>
      eventually('a tap at a free charger', async () => {
        const at = await free()
        const made = at && (await post<Partial<Payment>>('/ptp/api/payments/tap', { ...at, card }))
        return made?.reference === undefined ? undefined : (made as Payment)
      }),
    reaches: (reference, state) =>
      eventually(`payment ${reference} is ${state}`, async () => {
        const payment = await sandbox.get<Payment>(`/ptp/api/payments/${reference}`)
        return payment.state === state ? payment : undefined
      }),
    draws: ({ reference }) =>
      eventually(`energy flows for payment ${reference}`, async () => {
        const { state, session } = await sandbox.get<Payment>(`/ptp/api/payments/${reference}`)
        return (state === 'charging' && session && session.kwh > 0) || undefined
      }),
    stop: ({ terminal_id, reference }, card) =>
      post('/ptp/api/payments/stop', { terminal: terminal_id, reference, card }),
    said: (side, fits) =>
      eventually('such a message', async () =>
        (await sandbox.get<readonly Said[]>(`/${side}/api/exchanges?limit=200`)).find(fits),
      ),
    close: async () => {
      await browser.close()
      await sandbox.stop()
    },
  }
}

export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Of WCAG 2.2 AA, and scrolling sideways; each with `where`. */
export async function violations(page: Page, where: string): Promise<readonly string[]> {
  const wide = await sideways(page)
  const found = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: { run: (where: Document, options: object) => Promise<AxeResults> } }
    const { violations: all } = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })
    return all.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
          .join(' | ')}`,
    )
  }, WCAG)
  return [...found, ...(wide > 0 ? [`scrolls sideways by ${wide}`] : [])].map((text) => `${where}: ${text}`)
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
  }[]
}
