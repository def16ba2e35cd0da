/** The first load of each page in a real Chromium that has never seen it: until it can be used, what it loads, what jumps. */
import { executablePath, launch } from '../stories/chromium.ts'
import { npmStart } from '../stories/started.ts'
import { type Figure, isQuick, median, tell } from './report.ts'

const ROUNDS = isQuick() ? 3 : 9
const BAR_MS = 1_000

if (!executablePath) {
  console.error('first-load: no Chromium is installed here. Set CHROMIUM to its path.')
  process.exit(1)
}

const sandbox = await npmStart()
const [{ terminal_id: terminal } = { terminal_id: '' }] =
  await sandbox.get<readonly { readonly terminal_id: string }[]>('/ptp/api/terminals')
/** What has to be on the page and can be pressed. */
const PAGES = {
  'an empty answer': { path: '/healthz', ready: 'body' },
  'the start page': { path: '/', ready: '[data-testid=try-terminal]' },
  'the console': { path: '/console/', ready: 'body:has([data-testid=attention]):not(:has([aria-busy=true]))' },
  'the kiosk': { path: `/terminal/${terminal}`, ready: '[data-testid=start]:enabled' },
  'the tablet': { path: `/terminal/${terminal}?layout=tablet`, ready: '.tile' },
} as const

interface Load {
  readonly usableMs: number
  readonly bytes: number
  readonly shift: number
}

type Watched = typeof globalThis & { seen: { at: number; busyUntil: number; shift: number } }

/** Runs in the page, before its own scripts. */
function watch(ready: string) {
  const seen = { at: 0, busyUntil: 0, shift: 0 }
  Object.assign(globalThis, { seen })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.busyUntil = startTime + duration
  }).observe({ type: 'longtask', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value
  }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    if (document.querySelector(ready)) seen.at ||= performance.now()
    else requestAnimationFrame(look)
  }
  look()
}

/** Usable: what is needed stands there, and no long task is under way that began before. */
async function load(path: string, ready: string): Promise<Load> {
  const browser = await launch()
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const session = await page.context().newCDPSession(page)
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await session.send('Network.enable')
  await page.addInitScript(watch, ready)
  await page.goto(sandbox.url + path)
  await page.waitForFunction(() => (globalThis as Watched).seen.at > 0)
  // What jumps does so while the rest arrives.
  await page.waitForTimeout(700)
  const { at, busyUntil, shift } = await page.evaluate(() => (globalThis as Watched).seen)
  await browser.close()
  return { usableMs: Math.max(at, busyUntil), bytes, shift }
}

const loads = new Map<string, Load[]>(Object.keys(PAGES).map((name) => [name, []]))
try {
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, { path, ready }] of Object.entries(PAGES)) loads.get(name)?.push(await load(path, ready))
} finally {
  await sandbox.stop()
}

const of = (name: string, what: keyof Load) => median((loads.get(name) ?? []).map((one) => one[what]))
const limit = { what: 'the bar', value: BAR_MS }
const figures = Object.keys(PAGES).flatMap((name): readonly Figure[] => [
  { what: `${name}, usable after`, value: of(name, 'usableMs'), unit: 'ms', limit },
  { what: `${name}, loaded`, value: of(name, 'bytes') / 1000, unit: 'kB' },
  { what: `${name}, jumps`, value: of(name, 'shift'), unit: 'of layout shift' },
])
tell({ bench: 'first-load', figures })
