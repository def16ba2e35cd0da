import { ownWords } from '@plugtill/terminal/own-words'
import type { Word } from '@plugtill/terminal/texts'
import { languagesOffered, say } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { GlyphName } from '../glyph.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Start, stop, receipt, language: the four things a driver can want. */
export function Home({ journey, words, device }: ScreenProps): ReactNode {
  const { language, offers } = journey
  const running = offers?.open.length ?? 0
  const stopHint = running > 0 ? say(language, 'running', { count: String(running) }) : say(language, 'stop-hint')
  return (
    <section className="home" data-testid="screen-home">
      <HomeHead journey={journey} words={words} device={device} />
      <button
        type="button"
        className="home-start"
        disabled={!offers}
        onClick={() => device.send({ type: 'start' })}
        data-testid="start"
      >
        <span>
          <strong>{say(language, 'start')}</strong>
          <small>{say(language, 'start-hint')}</small>
        </span>
        <Glyph name="bolt" />
      </button>
      <div className="home-pair">
        <HomeButton
          name="stop"
          glyph="stop"
          word="stop"
          hint={stopHint}
          lit={running > 0}
          language={language}
          disabled={!offers}
          onClick={() => device.send({ type: 'stop' })}
        />
        <HomeButton
          name="receipt"
          glyph="receipt"
          word="receipt"
          hint={say(language, 'receipt-hint')}
          language={language}
          disabled={!offers}
          onClick={() => device.send({ type: 'receipt' })}
        />
      </div>
      <button
        type="button"
        className="home-language"
        disabled={languagesOffered(offers).length < 2}
        onClick={() => device.send({ type: 'languages' })}
        data-testid="languages"
      >
        <Glyph name="globe" />
        <span>{say(language, 'language')}</span>
        <b>{say(language, 'language-name')}</b>
      </button>
    </section>
  )
}

export const WHY_NOT_YET = { known: 'connecting', unknown: 'unknown-terminal', locked: 'locked-terminal' } as const

function HomeHead({ journey: { language, offers }, words, device }: ScreenProps): ReactNode {
  const title = useRef<HTMLHeadingElement>(null)
  const standing = useSyncExternalStore(device.subscribe, device.standing)
  useEffect(() => title.current?.focus({ preventScroll: true }), [])
  return (
    <header className="home-head">
      <p className="home-place">{ownWords(offers?.chargers[0]?.locationName ?? '')}</p>
      <h1 ref={title} tabIndex={-1}>
        {words.title}
      </h1>
      <p className="home-hint">{offers ? words.body : say(language, WHY_NOT_YET[standing])}</p>
    </header>
  )
}

interface HomeButtonProps {
  readonly name: string
  readonly glyph: GlyphName
  readonly word: Word
  readonly hint: string
  readonly lit?: boolean
  readonly language: string
  readonly disabled: boolean
  readonly onClick: () => void
}

function HomeButton({ name, glyph, word, hint, lit, language, disabled, onClick }: HomeButtonProps): ReactNode {
  return (
    <button
      type="button"
      className="home-choice"
      data-lit={lit}
      disabled={disabled}
      onClick={onClick}
      data-testid={name}
    >
      <Glyph name={glyph} />
      <strong>{say(language, word)}</strong>
      <small>{hint}</small>
    </button>
  )
}
