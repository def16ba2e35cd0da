import './tablet.css'
import type { Offer } from '@plugtill/terminal/link'
import { readsCards } from '@plugtill/terminal/screens'
import { languagesOffered, say } from '@plugtill/terminal/texts'
import { wordingOf } from '@plugtill/terminal/wording'
import type { ReactNode } from 'react'
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Device } from '../device.ts'
import type { GlyphName } from '../glyph.tsx'
import { Glyph } from '../glyph.tsx'
import { Offline } from '../offline.tsx'
import { ScreenView } from '../screen.tsx'
import { WHY_NOT_YET } from '../screens/home.tsx'
import { Spoken } from '../spoken.tsx'
import { Board } from './board.tsx'
import { Finder } from './finder.tsx'
import { ANYTHING, placesOf, plugsOf, type Wanted } from './matching.ts'
import { chooseCharger, concerned, isAtBoard, stopRunning, wantAtHome } from './touch.ts'
import { Welcome } from './welcome.tsx'

interface TabletProps {
  readonly device: Device
  /** The sandbox's cards, where there are any. */
  readonly tray: ReactNode
}

/**
 * One terminal with many chargers on a large screen: the board of all of them, and beside it the very screens of the
 * handset. On a narrow window the screens stand before the board.
 */
export function Tablet({ device, tray }: TabletProps): ReactNode {
  const journey = useSyncExternalStore(device.subscribe, device.journey)
  const { screen, language, offers } = journey
  const words = wordingOf(screen, language)
  const atBoard = isAtBoard(screen)
  const onChoose = useCallback((offer: Offer) => chooseCharger(device, offer), [device])
  const onStop = useCallback((reference: string) => stopRunning(device, reference), [device])
  return (
    <div
      className="tablet"
      data-at={atBoard ? 'board' : 'screen'}
      data-listening={readsCards(screen)}
      onPointerDown={() => device.send({ type: 'touched' })}
      onScrollCapture={() => device.send({ type: 'touched' })}
    >
      <main className="board" inert={screen.kind === 'sending'} data-testid={atBoard ? 'screen-home' : 'board'}>
        <TopBar device={device} language={language} running={offers?.open.length ?? 0} ready={offers !== undefined} />
        {atBoard ? <Offline journey={journey} /> : null}
        {offers ? (
          <Chargers
            chargers={offers.chargers}
            running={offers.open}
            concerned={concerned(screen)}
            language={language}
            onChoose={onChoose}
            onStop={onStop}
          />
        ) : (
          <NotYet device={device} language={language} />
        )}
      </main>
      <aside className="panel" aria-label={words.title} data-testid="screen">
        {atBoard ? null : <Offline journey={journey} />}
        {atBoard ? (
          <Welcome
            words={wordingOf({ kind: 'home' }, language)}
            language={language}
            running={offers?.open ?? []}
            onStop={onStop}
          />
        ) : (
          <ScreenView key={screen.kind} journey={journey} words={words} device={device} />
        )}
      </aside>
      {tray}
      <Spoken journey={journey} words={words} />
    </div>
  )
}

/** A driver who has left takes the filter along. */
const FILTER_STAYS_MS = 90_000

interface ChargersProps extends Omit<Parameters<typeof Board>[0], 'places'> {
  readonly chargers: readonly Offer[]
}

function Chargers({ chargers, ...board }: ChargersProps): ReactNode {
  const { language } = board
  const [wanted, setWanted] = useState<Wanted>(ANYTHING)
  const places = useMemo(() => placesOf(chargers, wanted), [chargers, wanted])
  useEffect(() => {
    if (wanted === ANYTHING) return
    const timer = setTimeout(() => setWanted(ANYTHING), FILTER_STAYS_MS)
    return () => clearTimeout(timer)
  }, [wanted])
  if (chargers.length === 0) return <p className="empty">{say(language, 'choose-none')}</p>
  return (
    <>
      <Finder wanted={wanted} plugs={plugsOf(chargers)} language={language} onWant={setWanted} />
      {places.length > 0 ? (
        <div className="board-list">
          <Board places={places} {...board} />
        </div>
      ) : (
        <div className="none-found" role="status">
          <p>{say(language, 'none-found')}</p>
          <button type="button" className="plain" onClick={() => setWanted(ANYTHING)} data-testid="show-all">
            {say(language, 'show-all')}
          </button>
        </div>
      )}
    </>
  )
}

function NotYet({ device, language }: { readonly device: Device; readonly language: string }): ReactNode {
  const standing = useSyncExternalStore(device.subscribe, device.standing)
  return (
    <p className="empty" role="status">
      {say(language, WHY_NOT_YET[standing])}
    </p>
  )
}

interface TopBarProps {
  readonly device: Device
  readonly language: string
  readonly running: number
  readonly ready: boolean
}

const WISHES: readonly { readonly wish: 'stop' | 'receipt' | 'languages'; readonly glyph: GlyphName }[] = [
  { wish: 'stop', glyph: 'stop' },
  { wish: 'receipt', glyph: 'receipt' },
  { wish: 'languages', glyph: 'globe' },
]

function TopBar({ device, language, running, ready }: TopBarProps): ReactNode {
  const journey = device.journey()
  const known = languagesOffered(journey.offers).length
  return (
    <header className="top">
      <h1>{say(language, 'choose-title')}</h1>
      <nav aria-label={say(language, 'actions')}>
        {WISHES.filter(({ wish }) => wish !== 'languages' || known > 1).map(({ wish, glyph }) => (
          <button
            key={wish}
            type="button"
            className="wish"
            data-lit={wish === 'stop' && running > 0}
            disabled={!ready}
            onClick={() => wantAtHome(device, wish)}
            data-testid={wish}
          >
            <Glyph name={glyph} />
            <span>{say(language, wish === 'languages' ? 'language-name' : wish)}</span>
            {wish === 'stop' && running > 0 ? <b className="number">{running}</b> : null}
          </button>
        ))}
      </nav>
    </header>
  )
}
