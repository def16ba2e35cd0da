import { cardFace } from '@plugtill/terminal/cards'
import type { ReactNode } from 'react'
import { Glyph } from './glyph.tsx'

interface TrayProps {
  readonly names: readonly string[]
  readonly listening: boolean
  readonly terminalId: string
  readonly model: string
  readonly onCard: (name: string) => void
}

/** The sandbox's cards. Clicking one is holding it to the reader, so it works while the reader listens. */
export function Tray({ names, listening, terminalId, model, onCard }: TrayProps): ReactNode {
  return (
    <aside className="tray" data-listening={listening} aria-label="Sandbox cards">
      <header className="tray-head">
        <p className="tray-model">
          {model} <span className="number">{terminalId}</span>
        </p>
        <h2>Cards to try</h2>
        <p>
          {listening
            ? 'The reader is listening. Choose a card to tap.'
            : 'The reader listens once the screen asks for a card.'}
        </p>
      </header>
      <ul className="tray-cards">
        {names.map((name) => (
          <li key={name}>
            <Card name={name} listening={listening} onCard={onCard} />
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
