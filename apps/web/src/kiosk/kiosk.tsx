import type { Model } from '@plugtill/terminal/models'
import { modelNamed } from '@plugtill/terminal/models'
import { readsCards } from '@plugtill/terminal/screens'
import { say } from '@plugtill/terminal/texts'
import { wordingOf } from '@plugtill/terminal/wording'
import type { ReactNode } from 'react'
import { useSyncExternalStore } from 'react'
import type { Device } from './device.ts'
import { Glyph } from './glyph.tsx'
import { Offline } from './offline.tsx'
import { ScreenView } from './screen.tsx'
import { Spoken } from './spoken.tsx'
import { Tray } from './tray.tsx'

/** The whole page: the housing of the model around the 320 x 480 screen, and the sandbox's cards beside it. */
export function Kiosk({ device, newId }: { readonly device: Device; readonly newId: () => string }): ReactNode {
  const journey = useSyncExternalStore(device.subscribe, device.journey)
  const { screen, language, offers } = journey
  const words = wordingOf(screen, language)

  return (
    <div className="stage" data-tray={(offers?.cardTray?.length ?? 0) > 0}>
      <main className="device" data-housing={housing(offers?.model)}>
        <div className="device-brow" aria-hidden="true">
          <span className="device-lights" data-lit={readsCards(screen)} />
          <span className="device-reader" data-lit={readsCards(screen)}>
            <Glyph name="contactless" />
          </span>
        </div>
        <div
          className="screen"
          data-testid="screen"
          onPointerDown={() => device.send({ type: 'touched' })}
          onScrollCapture={() => device.send({ type: 'touched' })}
        >
          <ScreenView key={screenKey(journey.screen)} journey={journey} words={words} device={device} />
          <Offline journey={journey} />
        </div>
        <div className="device-chin">
          <button
            type="button"
            className="device-home"
            onClick={() => device.send({ type: 'home' })}
            aria-label={say(language, 'home')}
            data-testid="home-button"
          >
            <Glyph name="home" />
          </button>
        </div>
      </main>
      <Cards device={device} newId={newId} />
      <Spoken journey={journey} words={words} />
    </div>
  )
}

/** The sandbox's tray of cards; nothing on real hardware. */
export function Cards({ device, newId }: { readonly device: Device; readonly newId: () => string }): ReactNode {
  const { screen, offers } = useSyncExternalStore(device.subscribe, device.journey)
  if (!offers?.cardTray?.length) return null
  return (
    <Tray
      offers={offers}
      names={offers.cardTray}
      listening={readsCards(screen)}
      onCard={(card, how) => device.send({ type: 'card', card, how, id: newId() })}
    />
  )
}

/** Changes when another screen is meant, not when the same one has news: focus and scroll survive news. */
function screenKey(screen: { readonly kind: string }): string {
  return screen.kind
}

function known(model: string | undefined): Model | undefined {
  const found = modelNamed(model ?? 'apollo')
  return 'refused' in found ? undefined : found
}

function housing(model: string | undefined): Model['housing'] {
  return known(model)?.housing ?? 'handset'
}
