/**
 * Who may speak as a terminal. With an API key set the link of each virtual terminal wants that terminal's own key:
 * the address that the operator opens once carries it, from then on a cookie does. (T31)
 */
import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { sameText } from '../same-text.ts'
import type { Problem } from './guard.ts'

export interface TerminalKeys {
  readonly of: (terminalId: string) => string
  readonly fits: (terminalId: string, key: string | undefined) => boolean
}

/** Every key follows from one secret, so nothing has to be kept and a terminal made today has one at once. */
export function createTerminalKeys(secret: string): TerminalKeys {
  const of = (terminalId: string) =>
    createHmac('sha256', secret).update(`terminal-link|${terminalId.toLowerCase()}`).digest('base64url')
  return {
    of,
    fits: (terminalId, key) => key !== undefined && sameText(key, of(terminalId)),
  }
}

/** How the page is laid out: the board of many chargers, or absent: a handset. */
export type Layout = 'tablet'

export const layoutIn = (query: { readonly layout?: unknown }): Layout | undefined =>
  query.layout === 'tablet' ? 'tablet' : undefined

/** The page of a terminal; with its key the browser that opens it becomes this terminal. */
export function kioskPath(terminalId: string, keys: TerminalKeys | undefined, layout?: Layout): string {
  const query = new URLSearchParams({ ...(layout && { layout }), ...(keys && { key: keys.of(terminalId) }) })
  return `/terminal/${encodeURIComponent(terminalId)}${query.size > 0 ? `?${query}` : ''}`
}

const COOKIE = 'plugtill-terminal'
/** As long as browsers keep a cookie: a kiosk that was switched off for the winter still has its key. */
const KEPT_S = 400 * 24 * 3600

/** For the browser of this one terminal, out of reach of its scripts and of other sites. */
export function keyCookie(linkPath: string, key: string, publicUrl: string): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${COOKIE}=${key}; Path=${linkPath}; Max-Age=${KEPT_S}; HttpOnly; SameSite=Strict${secure}`
}

/** `Authorization: Bearer KEY` of a device, or the cookie of a kiosk page. */
export function terminalKeyIn({ authorization, cookie }: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +([\w-]+)$/i.exec(authorization ?? '')?.[1]
  return bearer ?? new RegExp(`(?:^|; *)${COOKIE}=([\\w-]+)`).exec(cookie ?? '')?.[1]
}

export const KEY_OF_TERMINAL_NEEDED: Problem = {
  status: 401,
  error: 'terminal-key-needed',
  message:
    'This terminal speaks with its own key. Open it from the console, or by the address that "plugtill sandbox" printed.',
  headers: { 'www-authenticate': 'Bearer realm="Plugtill terminal"' },
}
