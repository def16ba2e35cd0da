import '../look/base.css'
import './kiosk.css'
import './screen.css'
import { createRoot } from 'react-dom/client'
import { freshId } from '../look/fresh-id.ts'
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
// The handset does not load the board of the tablet.
if (new URLSearchParams(location.search).get('layout') === 'tablet')
  void import('./tablet/tablet.tsx').then(({ Tablet }) =>
    root.render(
      <Fence device={device}>
        <Tablet device={device} tray={<Cards device={device} newId={freshId} />} />
      </Fence>,
    ),
  )
else
  root.render(
    <Fence device={device}>
      <Kiosk device={device} newId={freshId} />
    </Fence>,
  )
