/** What scrolls and is searched by hand stays smooth: the operator's list over 100,000 payments, a tablet before 200 charging points. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { carPark, together } from '@plugtill/cpo/sites/car-park'
import { demoSites } from '@plugtill/cpo/sites/demo'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { paymentWords } from '@plugtill/ptp/payment/desk'
import type { Page } from 'playwright-core'
import { paymentIn, T0 } from '../packages/ptp/test/samples.ts'
import { executablePath, launch } from '../stories/chromium.ts'
import { kioskWorld } from '../stories/kiosk-world.ts'
import { type Figure, isQuick, median, quantile, tell } from './report.ts'

const PAYMENTS = isQuick() ? 10_000 : 100_000
const ROUNDS = isQuick() ? 3 : 9
/** Sixty pictures a second. */
const FRAME_MS = 1000 / 60

if (!executablePath) {
  console.error('smooth-pages: no Chromium is installed here. Set CHROMIUM to its path.')
  process.exit(1)
}

async function fill(store: Store): Promise<void> {
  for (let from = 0; from < PAYMENTS; from += 1_000)
    await store.transaction(async (tx) => {
      for (let n = from; n < from + 1_000; n++) {
        const id = `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
        const captured = { amountMinor: 500 + (n % 4_000), currency: 'EUR' }
        const card = { fingerprint: `f${n}`, brand: 'Visa', masked: `**** ${String(n % 10_000).padStart(4, '0')}` }
        const payment = paymentIn('captured', { id, captured, card, createdAt: T0 + n * 1_000 })
        await tx.query(
          "INSERT INTO entity (kind, id, version, state, body, created_at, updated_at) VALUES ('payment', $1, 9, 'captured', $2, $3, $3)",
          [id, JSON.stringify(payment), payment.createdAt],
        )
        for (const word of new Set(paymentWords(payment)))
          await tx.query("INSERT INTO entity_word (kind, word, id) VALUES ('payment', $1, $2)", [word, id])
      }
    })
}

/** Runs in the page: scrolls down and up again, a step with each picture, and tells how far the pictures lay apart. */
async function scrolled(selector: string): Promise<readonly number[]> {
  const place = document.querySelector(selector) ?? document.scrollingElement
  const gaps: number[] = []
  let before = await new Promise<number>(requestAnimationFrame)
  for (let step = 0; step < 120; step++) {
    place?.scrollBy(0, step < 60 ? 60 : -60)
    const now = await new Promise<number>(requestAnimationFrame)
    gaps.push(now - before)
    before = now
  }
  return gaps
}

/** From a touch or a key to the picture that shows what it asked for. */
async function answered(page: Page, act: () => Promise<unknown>, shown: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  await shown()
  await page.evaluate(() => new Promise(requestAnimationFrame))
  return performance.now() - began
}

const folder = mkdtempSync(join(tmpdir(), 'plugtill-bench-'))
const stores = new Map<string, Store>()
const openStore = async (name: string) => {
  const store = await openSqlite({ file: join(folder, `${name}.db`) })
  stores.set(name, store)
  return store
}
const park = carPark(200)
const places = park.locations.map(({ id }) => id)
const browser = await launch()
const kiosk = await kioskWorld(browser, {
  ...{ at: places[0] ?? '', carPark: places, sites: together(demoSites, park), openStore },
  viewport: { width: 1280, height: 800 },
})
const { page } = kiosk
const rounds = async (one: () => Promise<number>) => {
  const taken: number[] = []
  for (let round = 0; round < ROUNDS; round++) taken.push(await one())
  return median(taken)
}
try {
  await kiosk.begin('?layout=tablet')
  await kiosk.still()
  const board = await page.evaluate(scrolled, '.board-list')
  const tiles = page.locator('.tile')
  const find = page.getByTestId('find')
  const found = await rounds(async () => {
    await find.fill('')
    await tiles.nth(199).waitFor({ state: 'attached' })
    return answered(
      page,
      () => find.fill('f07'),
      () => tiles.nth(1).waitFor({ state: 'detached' }),
    )
  })

  await fill(stores.get('ptp')!)
  await page.goto(new URL('/console/payments', page.url()).href)
  const row = page.locator('main tbody tr')
  await row.nth(49).waitFor()
  const list = await page.evaluate(scrolled, 'html')
  const first = () => row.first().innerText()
  const turned = await rounds(async () => {
    const before = await first()
    return answered(
      page,
      () => page.getByTestId('older').click(),
      () =>
        page.waitForFunction(
          (text) => document.querySelector<HTMLElement>('main tbody tr')?.innerText !== text,
          before,
        ),
    )
  })
  const limit = { what: 'a picture at 60 Hz', value: FRAME_MS }
  const gaps = (name: string, all: readonly number[]): readonly Figure[] => [
    { what: `${name}, pictures apart (median)`, value: median(all), unit: 'ms', limit },
    { what: `${name}, pictures apart (95 of 100)`, value: quantile(all, 0.95), unit: 'ms', limit },
    { what: `${name}, pictures apart (longest)`, value: Math.max(...all), unit: 'ms', limit },
  ]
  tell({
    bench: 'smooth-pages',
    figures: [
      ...gaps('scrolling 200 charging points', board),
      { what: 'finding one of 200 by its number', value: found, unit: 'ms' },
      ...gaps(`scrolling the newest of ${PAYMENTS} payments`, list),
      { what: `turning a page of ${PAYMENTS} payments`, value: turned, unit: 'ms' },
    ],
  })
} finally {
  await kiosk.close()
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
