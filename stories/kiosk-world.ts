/** A kiosk page in Chromium before a whole world: the real platforms and provider, on a clock that the story moves. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Behaviour } from '@plugtill/charger/behaviour'
import { usualBehaviour } from '@plugtill/charger/behaviour'
import { openSqlite } from '@plugtill/engine/sqlite'
import { simulatedCards } from '@plugtill/psp/simulated/cards'
import type { Link } from '@plugtill/ptp/link/link'
import { type Furnished, furnish } from '@plugtill/world/furnish'
import { createWorld, type World, type WorldParts } from '@plugtill/world/world'
import type { Browser, Page } from 'playwright-core'
import { type App, createApp } from 'plugtill/http/app'
import { watchedPage } from './chromium.ts'
import { freePort, root } from './started.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Where pictures of the screens are kept for somebody's eyes; absent: none are taken. */
const PICTURES = process.env['PLUGTILL_TEST_PICTURES']

/** The pixels of the Apollo. */
export const HANDSET = { width: 320, height: 480 }
/** A card that no provider knows. */
export const SCRATCHED = 'scratched'

/** While it runs, world time goes this much further with each turn. */
const STEP_MS = 200
const TURN_MS = 20

export interface Books {
  readonly held: number
  readonly captured: number
  readonly refunded: number
  /** What the bank still keeps for us. */
  readonly open: number
}

export interface KioskWorld {
  readonly world: World
  readonly furnished: Furnished
  readonly terminal: string
  readonly page: Page
  readonly complaints: readonly string[]
  readonly open: (query?: string) => Promise<unknown>
  /** The next driver, who finds the home screen. */
  readonly begin: (query?: string) => Promise<void>
  /** From the home screen of the handset to the reader, for one EVSE or the first free one. */
  readonly toReader: (evse?: string) => Promise<void>
  readonly see: (testId: string) => Promise<void>
  readonly click: (testId: string) => Promise<void>
  readonly text: (testId: string) => Promise<string>
  /** Lets world time jump, or holds it still so that a wait can be looked at. */
  readonly pass: (ms: number) => Promise<void>
  /** Lets world time jump to where the newest payment is in this state, and no further: its screen does not stay long. */
  readonly passTo: (state: string) => Promise<void>
  readonly still: () => Promise<void>
  readonly run: () => void
  readonly ask: <T>(act: () => Promise<T>) => Promise<T>
  readonly behave: (change: Partial<Behaviour>) => void
  /** The provider's books for one payment, in minor units. */
  readonly books: (reference: string) => Books
  /** The network between the page and its platform. */
  readonly cut: () => Promise<void>
  readonly mend: () => Promise<void>
  /** No violation of WCAG 2.2 AA, nothing wider than the screen; and a picture. */
  readonly look: (name: string, wcag?: boolean) => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

interface KioskParts extends Partial<WorldParts> {
  readonly at: string
  readonly carPark?: readonly string[]
  /** What a partner's words become on their way to the screen. */
  readonly twist?: <T>(answer: T) => T
  readonly viewport?: { readonly width: number; readonly height: number }
}

export async function kioskWorld(browser: Browser, parts: KioskParts): Promise<KioskWorld> {
  const cardTray = [...simulatedCards.map(({ name }) => name), SCRATCHED]
  const openStore = () => openSqlite({ file: ':memory:' })
  const world = await createWorld({ seed: 8, openStore, ...parts, ptp: { cardTray, ...parts.ptp } })
  const meeting = { ptp: world.ptp().admin, cpo: world.cpo.admin, clock: world.clock }
  const furnished = await world.flow(furnish({ ...meeting, ...(parts.carPark && { carPark: parts.carPark }) }))
  const terminal = furnished.terminals.find(({ location_ids }) => location_ids.includes(parts.at))!.terminal_id
  await world.until('all chargers are free', async () =>
    (await world.ptp().link.offers(terminal)).chargers.every(({ available }) => available),
  )
  const { held, ...time } = runningTime(world)
  const port = await freePort()
  let app = await appOf(world, port, parts.twist)
  const { page, complaints } = await watchedPage(browser, parts.viewport ?? HANDSET)
  await page.addInitScript({ content: readFileSync(AXE, 'utf8') })
  page.setDefaultTimeout(30_000)
  const at = (testId: string) => page.getByTestId(testId)
  const open = (query = '') => page.goto(`http://127.0.0.1:${port}/terminal/${terminal}${query}`)
  return {
    ...{ world, furnished, terminal, page, complaints, ...time },
    open,
    begin: async (query) => {
      // A page without the kiosk's script: that one would remember what it shows.
      await page.goto(`http://127.0.0.1:${port}/healthz`)
      await page.evaluate(() => sessionStorage.clear())
      await open(query)
      await at('screen-home').waitFor()
    },
    toReader: async (evse) => {
      await at('start').click()
      const offer = evse === undefined ? '[data-testid^=offer-]' : `[data-testid=offer-${evse}-1]`
      await page.locator(`${offer}:not([disabled])`).first().click()
      await at('accept').click()
      await at('screen-tap').waitFor()
    },
    see: (testId) => at(testId).first().waitFor(),
    click: (testId) => at(testId).first().click(),
    text: (testId) => at(testId).first().innerText(),
    behave: (change) => world.stations.forEach((station) => void station.behave({ ...usualBehaviour, ...change })),
    books: (reference) => booksOf(world, reference),
    cut: () => app.close(),
    mend: async () => {
      app = await appOf(world, port, parts.twist)
    },
    look: (name, wcag) => held(() => look(page, name, wcag)),
    close: async () => {
      await page.close()
      await time.still()
      await app.close()
      await world.close()
    },
  }
}

async function appOf(world: World, port: number, twist: KioskParts['twist'] = (answer) => answer): Promise<App> {
  const ptp = world.ptp()
  const app = await createApp({
    publicUrl: `http://127.0.0.1:${port}`,
    ptp: { ...ptp, link: twisted(ptp.link, twist) },
    ready: async () => undefined,
    webFolder: join(root, 'apps/web/dist'),
    onFault: (error) => {
      throw error
    },
  })
  await app.fastify.listen({ port, host: '127.0.0.1' })
  return app
}

function twisted(
  { offers, payment, recent, tapped, receipts, tap, stop }: Link,
  twist: NonNullable<KioskParts['twist']>,
): Link {
  return {
    recent,
    offers: async (...asked) => twist(await offers(...asked)),
    payment: async (...asked) => twist(await payment(...asked)),
    tapped: async (...asked) => twist(await tapped(...asked)),
    receipts: async (...asked) => twist(await receipts(...asked)),
    tap: async (...asked) => twist(await tap(...asked)),
    stop: async (...asked) => twist(await stop(...asked)),
  }
}

/** One at a time moves the clock: the turns of running time, a jump, or a question that needs time to be answered. */
function runningTime(world: World) {
  let line: Promise<unknown> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | undefined
  const inLine = <T>(act: () => Promise<T>): Promise<T> => {
    const done = line.then(act)
    line = done.catch(() => undefined)
    return done
  }
  const turn = () => {
    timer = setTimeout(async () => {
      await inLine(() => world.clock.advanceBy(STEP_MS))
      if (timer !== undefined) turn()
    }, TURN_MS)
  }
  turn()
  const still = async () => {
    clearTimeout(timer)
    timer = undefined
    await line
  }
  const run = () => {
    if (timer === undefined) turn()
  }
  return {
    pass: (ms: number) => inLine(() => world.clock.advanceBy(ms)),
    passTo: (state: string) =>
      inLine(() =>
        world.until(`the payment is ${state}`, async () => {
          const [newest] = await world.ptpAdmin.get<readonly { readonly state: string }[]>('/payments')
          return newest?.state === state
        }),
      ),
    ask: inLine,
    still,
    run,
    /** A long look, for which the screen must not go home in the meantime. */
    held: async <T>(act: () => Promise<T>): Promise<T> => {
      const ran = timer !== undefined
      await still()
      return act().finally(() => {
        if (ran) run()
      })
    },
  }
}

function booksOf(world: World, wanted: string): Books {
  const entries = world.ledger.entries().filter(({ reference }) => reference === wanted)
  const sum = (operation: string, status: string) =>
    entries
      .filter((entry) => entry.operation === operation && entry.status === status)
      .reduce((total, { amount }) => total + amount.amountMinor, 0)
  const held = sum('authorize', 'approved')
  const captured = sum('capture', 'done')
  const over = captured > 0 || entries.some(({ operation, status }) => operation === 'void' && status === 'done')
  return { held, captured, refunded: sum('refund', 'done'), open: over ? 0 : held }
}

async function look(page: Page, name: string, wcag = true): Promise<readonly string[]> {
  if (PICTURES) {
    mkdirSync(PICTURES, { recursive: true })
    await page.screenshot({ path: join(PICTURES, `${name}.png`) })
  }
  return page.evaluate(examine, wcag ? WCAG : [])
}

/** Runs in the page. */
async function examine(tags: readonly string[]): Promise<readonly string[]> {
  const { axe } = globalThis as unknown as {
    axe: {
      run: (
        root: Document,
        options: object,
      ) => Promise<{
        violations: readonly { id: string; nodes: readonly { html: string; failureSummary: string }[] }[]
      }>
    }
  }
  const { violations } =
    tags.length > 0 ? await axe.run(document, { runOnly: { type: 'tag', values: tags } }) : { violations: [] }
  const wrong = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`)
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) wrong.push(`the page is ${scrollWidth - clientWidth} px wider than its window`)
  for (const money of document.querySelectorAll('[data-testid$=-money]'))
    if (money.getBoundingClientRect().bottom > (money.closest('.frame-body')?.getBoundingClientRect().bottom ?? 0))
      wrong.push(`what happens to the money is out of sight: ${money.textContent}`)
  // A list that scrolls is meant to; what stands beside or below the screen is lost to the driver.
  const { width, height } = { width: innerWidth, height: innerHeight }
  for (const button of document.querySelectorAll('.frame-bar button, .frame-actions button, .home button')) {
    const box = button.getBoundingClientRect()
    if (box.left < 0 || box.right > width || box.top < 0 || box.bottom > height)
      wrong.push(`${button.getAttribute('data-testid')} lies outside the screen`)
  }
  return wrong
}
