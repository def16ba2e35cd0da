import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { Chargers } from './pages/chargers.tsx'
import { Exchanges } from './pages/exchanges.tsx'
import { Locations } from './pages/locations.tsx'
import { MilestoneBoard, Milestones } from './pages/milestones.tsx'
import { Overview } from './pages/overview.tsx'
import { Partners } from './pages/partners.tsx'
import { PaymentPage } from './pages/payment.tsx'
import { Payments } from './pages/payments.tsx'
import { Tariffs } from './pages/tariffs.tsx'
import { Terminals } from './pages/terminals.tsx'
import { Go } from './parts.tsx'
import type { Route } from './routes.ts'
import { PAGES, useRoute } from './routes.ts'

export function Console(): ReactNode {
  const route = useRoute()
  useEffect(() => {
    const page = PAGES.find((p) => p.page === route.page)?.title ?? ''
    document.title = `${route.detail ?? page} · Plugtill console`
  }, [route.page, route.detail])
  return (
    <div className="console">
      <nav className="side" aria-label="Console">
        <a className="side-name" href="/">
          Plugtill
        </a>
        <ul>
          {PAGES.map(({ page, title }) => (
            <li key={page} data-here={page === route.page}>
              <Go to={{ page }}>{title}</Go>
            </li>
          ))}
        </ul>
      </nav>
      <main className="page" key={`${route.page}/${route.detail ?? ''}`}>
        <PageOf route={route} />
      </main>
    </div>
  )
}

function PageOf({ route }: { readonly route: Route }): ReactNode {
  switch (route.page) {
    case 'overview':
      return <Overview />
    case 'milestones':
      return route.detail === undefined ? <Milestones /> : <MilestoneBoard board={route.detail} />
    case 'partners':
      return <Partners />
    case 'terminals':
      return <Terminals />
    case 'payments':
      return route.detail === undefined ? <Payments /> : <PaymentPage reference={route.detail} />
    case 'locations':
      return <Locations />
    case 'tariffs':
      return <Tariffs />
    case 'chargers':
      return <Chargers />
    case 'exchanges':
      return <Exchanges />
  }
}
