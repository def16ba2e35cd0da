/**
 * Pictures of console and kiosk that come out alike on every machine: real platforms in a world of its own, in which time, ids
 * and chance are given, our own fonts, and a browser whose clock stands still.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { type App, createApp } from '../apps/cli/src/http/app.ts'
import { launch } from './chromium.ts'
import { databases, type Story, tell } from './rig.ts'
import { root } from './started.ts'

/** The width in pixels of the page; the 4K picture is kept at half its size. */
export const SIZES = [
  { name: '360', width: 360, height: 740, scale: 1, scheme: 'dark' },
  { name: '1280', width: 1280, height: 800, scale: 1, scheme: 'light' },
  { name: '3840', width: 3840, height: 2160, scale: 0.5, scheme: 'dark' },
] as const

export const FOLDER = join(root, 'docs', 'pictures')

export interface Picture {
  /** Name of its file in `docs/pictures`. */
  readonly file: string
  readonly png: Buffer
}

interface Shown {
  readonly name: string
  readonly path: string
  /** What is brought to the top of the picture. */
  readonly testId?: string
}

export interface Studio {
  readonly url: string
  readonly browser: Browser
  /** All pictures, one after the other. */
  readonly take: (change?: (page: Page) => Promise<void>) => AsyncGenerator<Picture>
  readonly close: () => Promise<void>
}

/** One paid charge, one that runs, one card that was declined. */
async function lived(story: Story): Promise<{ readonly paid: string; readonly runs: string }> {
  const paid = await story.tap()
  await story.reaches(paid.reference, 'charging')
  await story.pass(20 * 60_000)
  await story.stop(paid.reference)
  await story.ends(paid.reference)
  await story.tap({ card: 'declined', evse: 'NLPLGE102' })
  await story.pass(5_000)
  const runs = await story.tap({ evse: 'NLPLGE102' })
  await story.reaches(runs.reference, 'charging')
  await story.pass(10 * 60_000)
  return { paid: paid.reference, runs: runs.reference }
}

export async function openStudio(): Promise<Studio> {
  const story = await tell(databases[0]!)
  const { paid, runs } = await lived(story)
  const app: App = await createApp({
    publicUrl: 'http://127.0.0.1',
    ptp: story.ptp(),
    cpo: story.cpo,
    ready: async () => undefined,
    webFolder: join(root, 'apps', 'web', 'dist'),
    onFault: (error) => {
      throw error
    },
  })
  const url = await app.fastify.listen({ host: '127.0.0.1', port: 0 })
  const browser = await launch()
  const pages: readonly Shown[] = [
    { name: 'overview', path: '' },
    { name: 'payment', path: `payments/${paid}` },
    { name: 'sequence', path: `payments/${paid}`, testId: 'timeline' },
    { name: 'tariff', path: 'tariffs/DC-ADHOC' },
    { name: 'terminals', path: 'terminals' },
  ]
  return {
    ...{ url, browser },
    take: async function* (change) {
      const now = story.clock.now()
      yield* shots({ browser, url, pages, now, ...(change && { change }) })
      yield* kioskShots({ browser, url: `${url}/terminal/${story.terminal}`, now, terminal: story.terminal, runs })
    },
    close: async () => {
      await browser.close()
      await app.close()
      await story.close()
    },
  }
}

interface Shoot {
  readonly browser: Browser
  readonly url: string
  readonly pages: readonly Shown[]
  readonly now: number
  readonly change?: (page: Page) => Promise<void>
}

async function* shots({ browser, url, pages, now, change }: Shoot): AsyncGenerator<Picture> {
  for (const { name: size, width, height, scale, scheme } of SIZES) {
    const context = await browser.newContext({
      ...{ viewport: { width, height }, deviceScaleFactor: scale, colorScheme: scheme },
      ...{ timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce' },
    })
    const page = await context.newPage()
    await page.clock.setFixedTime(now)
    for (const { name, path, testId } of pages) {
      await page.goto(`${url}/console/${path}`)
      await page.locator('main h1').waitFor()
      await page.getByText('Loading …').first().waitFor({ state: 'hidden' })
      await page.waitForLoadState('networkidle')
      await page.evaluate(() => document.fonts.ready)
      await change?.(page)
      yield { file: `console-${name}-${size}.png`, png: await restingPicture(page, testId) }
    }
    await context.close()
  }
}

const LOOKS = 20
const BETWEEN_LOOKS_MS = 100

/** What comes late on a busy machine moves what is above and below: two looks have to agree. */
async function restingPicture(page: Page, testId: string | undefined): Promise<Buffer> {
  let before: Buffer | undefined
  for (let look = 0; look < LOOKS; look++) {
    if (testId) await page.getByTestId(testId).evaluate((element) => element.scrollIntoView())
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide' })
    if (before?.equals(png)) return png
    before = png
    await page.waitForTimeout(BETWEEN_LOOKS_MS)
  }
  throw new Error(`${page.url()} does not come to rest`)
}

/** The pixels of the Apollo, and two tablets. */
const KIOSKS = [
  { size: '320', width: 320, height: 480, names: ['price', 'charging'] },
  { size: '768', width: 768, height: 1024, names: ['board', 'charging'] },
  { size: '1280', width: 1280, height: 800, names: ['board', 'price'] },
] as const

interface KioskShoot extends Omit<Shoot, 'pages' | 'change'> {
  readonly terminal: string
  readonly runs: string
}

/** The kiosk brings no font: for its pictures it gets that of the console, so that they are alike everywhere. */
async function* kioskShots({ browser, url, now, terminal, runs }: KioskShoot): AsyncGenerator<Picture> {
  const font = readdirSync(join(root, 'apps', 'web', 'dist', 'assets')).find((name) => /^inter-latin-wght/.test(name))
  const css = `@font-face { font-family: Inter; font-weight: 100 900; src: url(/assets/${font}) } * { font-family: Inter !important }`
  for (const { size, width, height, names } of KIOSKS) {
    const context = await browser.newContext({
      ...{ viewport: { width, height }, timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce', bypassCSP: true },
    })
    for (const name of names) {
      const page = await context.newPage()
      await page.clock.setFixedTime(now)
      // A terminal that was reloaded while it showed the payment that runs.
      const kept = JSON.stringify({ payment: runs, until: now + 60_000, offset: 0 })
      if (name === 'charging')
        await page.addInitScript((item) => sessionStorage.setItem(...item), [`plugtill:${terminal}`, kept] as const)
      await page.goto(size === '320' ? url : `${url}?layout=tablet`)
      await page.addStyleTag({ content: css })
      await page.locator('[data-testid=stop]:enabled:visible').first().waitFor()
      if (name === 'price') {
        if (size === '320') await page.getByTestId('start').click()
        await page.locator('[data-testid^=offer-]:enabled').first().click()
      }
      await page.getByTestId(name === 'board' ? 'screen-home' : `screen-${name}`).waitFor()
      await page.evaluate(() => document.fonts.ready)
      yield { file: `kiosk-${name}-${size}.png`, png: await page.screenshot({ animations: 'disabled', caret: 'hide' }) }
      await page.close()
    }
    await context.close()
  }
}

/** Below these a difference is one of the machine: how far a dot may be off, of 255, and how many dots of a thousand. */
export const DOT = 48
export const PER_MILLE = 3

/** How many dots of a thousand differ by more than `DOT` in a colour; 1000 where the sizes differ. Drawn in the browser, which reads PNG anyway. */
export async function difference(browser: Browser, a: Buffer, b: Buffer): Promise<number> {
  const page = await browser.newPage()
  try {
    return await page.evaluate(
      async ({ texts, dot }) => {
        const [one, two] = await Promise.all(
          texts.map(async (text) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
            const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
            const { width, height } = image
            const canvas = new OffscreenCanvas(width, height)
            const context = canvas.getContext('2d')
            context?.drawImage(image, 0, 0)
            return context?.getImageData(0, 0, width, height)
          }),
        )
        if (!one || !two || one.width !== two.width || one.height !== two.height) return 1000
        let off = 0
        for (let at = 0; at < one.data.length; at += 4)
          if ([0, 1, 2].some((colour) => Math.abs(one.data[at + colour]! - two.data[at + colour]!) > dot)) off += 1
        return (off * 4_000) / one.data.length
      },
      { texts: [a.toString('base64'), b.toString('base64')], dot: DOT },
    )
  } finally {
    await page.close()
  }
}

export const kept = (file: string): Buffer => readFileSync(join(FOLDER, file))
