/** An installed Chromium for the stories of the web app, and a page that writes down what it complains of. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const candidates = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
export const executablePath = candidates.find((path) => path !== undefined && existsSync(path))
if (process.env['CI'] && !executablePath) {
  throw new Error('CI must run the story in a browser: install chromium or set CHROMIUM to its path.')
}

/** A closed network and a root user need these; the sandbox itself needs none. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = (): Promise<Browser> => chromium.launch({ executablePath, args: QUIET })

export interface Watched {
  readonly page: Page
  /** Errors of scripts, and of the content-security policy. Answers that say no are the page's own affair. */
  readonly complaints: readonly string[]
}

export async function watchedPage(browser: Browser, viewport = { width: 1280, height: 800 }): Promise<Watched> {
  const page = await browser.newPage({ viewport })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    // The browser itself writes down every refusal, and what a partner refused (502).
    if (message.type() === 'error' && !/status of (4\d\d|502)/.test(message.text())) complaints.push(message.text())
  })
  return { page, complaints }
}
