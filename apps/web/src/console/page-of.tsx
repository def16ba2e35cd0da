/** Each page is a file of its own that comes when it is first opened. */
import type { ComponentType, ReactNode } from 'react'
import { lazy } from 'react'
import { Overview } from './pages/overview.tsx'
import type { Page, Route } from './routes.ts'

interface PageProps {
  readonly detail?: string
}

const later = (load: () => Promise<ComponentType<PageProps>>): ComponentType<PageProps> =>
  lazy(async () => ({ default: await load() }))

const VIEWS: Readonly<Record<Page, ComponentType<PageProps>>> = {
  overview: Overview,
  connect: later(async () => (await import('./pages/connect.tsx')).Connect),
  milestones: later(async () => (await import('./pages/milestones.tsx')).Milestones),
  payments: later(async () => (await import('./pages/payments.tsx')).Payments),
  sessions: later(async () => (await import('./pages/sessions.tsx')).Sessions),
  cdrs: later(async () => (await import('./pages/cdrs.tsx')).Cdrs),
  terminals: later(async () => (await import('./pages/terminals.tsx')).Terminals),
  contracts: later(async () => (await import('./pages/contracts.tsx')).Contracts),
  chargers: later(async () => (await import('./pages/chargers.tsx')).Chargers),
  locations: later(async () => (await import('./pages/locations.tsx')).Locations),
  tariffs: later(async () => (await import('./pages/tariffs.tsx')).Tariffs),
  partners: later(async () => (await import('./pages/partners.tsx')).Partners),
  tokens: later(async () => (await import('./pages/tokens.tsx')).Tokens),
  traffic: later(async () => (await import('./pages/traffic.tsx')).Traffic),
  reconciliation: later(async () => (await import('./pages/reconciliation.tsx')).Reconciliation),
  faults: later(async () => (await import('./pages/faults.tsx')).Faults),
  settings: later(async () => (await import('./pages/settings.tsx')).Settings),
}

export function PageOf({ route: { page, detail } }: { readonly route: Route }): ReactNode {
  const View = VIEWS[page]
  return <View {...(detail !== undefined && { detail })} />
}
