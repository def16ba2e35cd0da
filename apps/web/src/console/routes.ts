/** Which page an address means, what it filters by, and moving between pages without loading them again. */

import { useSyncExternalStore } from 'react'
import { pathPart } from '../look/path-part.ts'

export const PAGES = [
  'overview',
  'connect',
  'milestones',
  'payments',
  'sessions',
  'cdrs',
  'terminals',
  'contracts',
  'chargers',
  'locations',
  'tariffs',
  'partners',
  'tokens',
  'traffic',
  'reconciliation',
  'faults',
  'settings',
] as const
export type Page = (typeof PAGES)[number]

/** How the side bar groups them. */
export const GROUPS: readonly (readonly [group: 'run' | 'connected' | 'sold' | 'house', pages: readonly Page[]])[] = [
  ['run', ['overview', 'payments', 'sessions', 'cdrs', 'traffic', 'reconciliation']],
  ['connected', ['connect', 'partners', 'milestones', 'contracts', 'tokens']],
  ['sold', ['terminals', 'chargers', 'locations', 'tariffs']],
  ['house', ['faults', 'settings']],
]

export type Query = Readonly<Record<string, string>>

export interface Route {
  readonly page: Page
  /** The one thing on show, for example a payment's reference. */
  readonly detail?: string
  readonly query?: Query
}

/** Addresses that were given out before. */
const FORMER: Readonly<Record<string, Page>> = { exchanges: 'traffic' }

export function routeOf(pathname: string): Route {
  const [, name = '', detail] = pathname.split('/').filter(Boolean)
  const page = PAGES.find((known) => known === name) ?? FORMER[name] ?? 'overview'
  return detail === undefined ? { page } : { page, detail: decoded(detail) }
}

export function addressOf({ page, detail, query = {} }: Route): string {
  const path =
    page === 'overview' ? '/console/' : `/console/${page}${detail === undefined ? '' : `/${pathPart(detail)}`}`
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  return search === '' ? path : `${path}?${search}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const listeners = new Set<() => void>()
const tell = (): void => {
  for (const listener of listeners) listener()
}

export function goTo(route: Route): void {
  history.pushState(null, '', addressOf(route))
  window.scrollTo(0, 0)
  tell()
}

export function useRoute(): Route {
  const pathname = useSyncExternalStore(subscribe, () => location.pathname)
  return routeOf(pathname)
}

/** What the address filters by; a change replaces the address, so that Back leads to the page before. */
export function useQuery(): readonly [Query, (change: Query) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search)
  const query = Object.fromEntries(new URLSearchParams(search))
  return [
    query,
    (change) => {
      history.replaceState(null, '', addressOf({ ...routeOf(location.pathname), query: { ...query, ...change } }))
      tell()
    },
  ]
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}
