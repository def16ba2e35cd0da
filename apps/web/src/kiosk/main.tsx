import '../look/base.css'
import './kiosk.css'
import './screen.css'
import { createRoot } from 'react-dom/client'
import { rootElement } from '../look/root-element.ts'
import { startDevice } from './device.ts'
import { Fence } from './fence.tsx'
import { Cards, Kiosk } from './kiosk.tsx'
import { linkClient } from './link-client.ts'

const terminalId = decodeURIComponent(location.pathname.split('/').filter(Boolean).at(1) ?? '')
const device = startDevice({
  link: linkClient(terminalId),
  memory: sessionStorage,
  memoryKey: `plugtill:${terminalId}`,
  language: navigator.language.slice(0, 2).toLowerCase(),
  wallNow: () => Date.now(),
})
const root = createRoot(rootElement())
const newId = () => freshId()
// The handset does not load the board of the tablet.
if (new URLSearchParams(location.search).get('layout') === 'tablet')
  void import('./tablet/tablet.tsx').then(({ Tablet }) =>
    root.render(
      <Fence device={device}>
        <Tablet device={device} tray={<Cards device={device} newId={newId} />} />
      </Fence>,
    ),
  )
else
  root.render(
    <Fence device={device}>
      <Kiosk device={device} newId={newId} />
    </Fence>,
  )

/** `randomUUID` exists in secure contexts only; a kiosk on a plain-http LAN still needs ids. */
function freshId(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID()
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16))
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')
}
