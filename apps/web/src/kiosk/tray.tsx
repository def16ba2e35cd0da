import { cardFace, READER } from '@plugtill/terminal/cards'
import type { Offers } from '@plugtill/terminal/link'
import { modelNamed } from '@plugtill/terminal/models'
import type { Presented } from '@plugtill/terminal/pin'
import { readsChip } from '@plugtill/terminal/pin'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { Glyph } from './glyph.tsx'

interface TrayProps {
  readonly offers: Offers
  readonly names: readonly string[]
  readonly listening: boolean
  readonly onCard: (name: string, how: Presented) => void
}

/** The sandbox's cards. Clicking one is holding it to the reader, so it works while the reader listens. */
export function Tray({ offers, names, listening, onCard }: TrayProps): ReactNode {
  const { terminalId, model } = offers
  const [how, setHow] = useState<Presented>('tap')
  return (
    <aside className="tray" data-listening={listening} aria-label="Sandbox cards">
      <header className="tray-head">
        <p className="tray-model">
          {modelName(model)} <span className="number">{terminalId}</span>
        </p>
        <h2>Cards to try</h2>
        <p>
          {listening
            ? 'The reader is listening. Choose a card to tap.'
            : 'The reader listens once the screen asks for a card.'}
        </p>
      </header>
      {names.some((name) => name !== READER) ? <Ways how={how} chip={readsChip(model)} onHow={setHow} /> : null}
      <ul className="tray-cards">
        {names.map((name) => (
          <li key={name}>
            <Card name={name} listening={listening} onCard={(card) => onCard(card, how)} />
          </li>
        ))}
      </ul>
      <nav className="tray-links">
        <a href="/console/payments">Payments in the console</a>
        <a href="/">Sandbox start page</a>
      </nav>
    </aside>
  )
}

function modelName(model: string): string {
  const found = modelNamed(model)
  return 'refused' in found ? model : found.name
}

const WAYS = { tap: 'Tap the card', phone: 'Tap a phone', chip: 'Insert the card' } as const

/** How the next card meets the reader: a phone has recognised its owner, a chip asks for the PIN. */
function Ways({
  how,
  chip,
  onHow,
}: {
  readonly how: Presented
  readonly chip: boolean
  readonly onHow: (how: Presented) => void
}): ReactNode {
  const ways: readonly Presented[] = chip ? ['tap', 'phone', 'chip'] : ['tap', 'phone']
  return (
    <fieldset className="tray-ways">
      <legend className="unseen">How the card meets the reader</legend>
      {ways.map((way) => (
        <label key={way}>
          <input type="radio" name="way" checked={how === way} onChange={() => onHow(way)} data-testid={`way-${way}`} />
          {WAYS[way]}
        </label>
      ))}
    </fieldset>
  )
}

function Card({
  name,
  listening,
  onCard,
}: {
  readonly name: string
  readonly listening: boolean
  readonly onCard: (name: string) => void
}): ReactNode {
  const face = cardFace(name)
  return (
    <button
      type="button"
      className="card"
      data-tone={face.tone}
      disabled={!listening}
      onClick={() => onCard(name)}
      data-testid={`card-${name}`}
    >
      <span className="card-top">
        <span className="card-brand">{face.brand}</span>
        <Glyph name="contactless" />
      </span>
      <span className="card-title">{face.title}</span>
      <span className="card-hint">{face.hint}</span>
    </button>
  )
}
