import type { ReactNode } from 'react'
import { lazy, Suspense, useEffect } from 'react'
import { texts, useLanguage } from '../look/catalogue/catalogue.ts'
import { useKeys } from './keys.ts'
import { PageOf } from './page-of.tsx'
import { Fence } from './parts/fence.tsx'
import { useRoute } from './routes.ts'
import { Side } from './side.tsx'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))

export function Console(): ReactNode {
  const language = useLanguage()
  return <Shell key={language} />
}

function Shell(): ReactNode {
  const route = useRoute()
  const t = texts()
  const keys = useKeys()
  const title = t.pages[route.page].title
  useEffect(() => {
    document.title = `${route.detail ?? title} · Plugtill`
  }, [title, route.detail])
  return (
    <div className="console">
      <a className="skip" href="#page">
        {t.shell.skip}
      </a>
      <Side here={route.page} onSearch={keys.openPalette} />
      <main className="page" id="page" tabIndex={-1} key={`${route.page}/${route.detail ?? ''}`}>
        <Fence>
          <Suspense fallback={<p className="quiet">{t.shell.loading}</p>}>
            <PageOf route={route} />
          </Suspense>
        </Fence>
      </main>
      <Suspense fallback={null}>
        {keys.palette ? <Palette mode={keys.palette} onClose={keys.closePalette} /> : null}
      </Suspense>
    </div>
  )
}
