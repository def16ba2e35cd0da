/** Which page an address means, and moving between pages without loading them again. */
import { useSyncExternalStore } from 'react'

export type Page =
  | 'overview'
  | 'milestones'
  | 'partners'
  | 'terminals'
  | 'payments'
  | 'locations'
  | 'tariffs'
  | 'chargers'
  | 'exchanges'

export const PAGES: readonly { readonly page: Page; readonly title: string }[] = [
  { page: 'overview', title: 'Overview' },
  { page: 'milestones', title: 'Milestones' },
  { page: 'payments', title: 'Payments' },
  { page: 'terminals', title: 'Terminals' },
  { page: 'chargers', title: 'Chargers' },
  { page: 'locations', title: 'Locations' },
  { page: 'tariffs', title: 'Tariffs' },
  { page: 'partners', title: 'Partners' },
  { page: 'exchanges', title: 'Exchanges' },
]

export interface Route {
  readonly page: Page
  /** The one thing on show, for example a payment's reference. */
  readonly detail?: string
}

export function routeOf(pathname: string): Route {
  const [, name = '', detail] = pathname.split('/').filter(Boolean)
  const page = PAGES.find((known) => known.page === name)?.page ?? 'overview'
  return detail === undefined ? { page } : { page, detail: decoded(detail) }
}

export function addressOf(route: Route): string {
  if (route.page === 'overview') return '/console/'
  return `/console/${route.page}${route.detail === undefined ? '' : `/${encodeURIComponent(route.detail)}`}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const listeners = new Set<() => void>()

export function goTo(route: Route): void {
  history.pushState(null, '', addressOf(route))
  window.scrollTo(0, 0)
  for (const listener of listeners) listener()
}

export function useRoute(): Route {
  const pathname = useSyncExternalStore(subscribe, () => location.pathname)
  return routeOf(pathname)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}
