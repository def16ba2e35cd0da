import { say, sayDuration } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import type { Device } from './device.ts'
import { Glyph } from './glyph.tsx'
import type { ScreenProps } from './screen.tsx'

interface FrameProps extends ScreenProps {
  readonly testId: string
  readonly children: ReactNode
  readonly actions?: ReactNode
  /** Where the title stands: small in the bar, or left to the screen itself. */
  readonly ownTitle?: boolean
  readonly back?: boolean
}

/** What all screens but home share: a way back, a way home, the words, and the time that is left. */
export function Frame({
  journey,
  words,
  device,
  testId,
  children,
  actions,
  ownTitle,
  back = true,
}: FrameProps): ReactNode {
  const { language, screen } = journey
  const title = useRef<HTMLHeadingElement>(null)
  // A new screen takes the focus, so that keyboard and screen reader start at its title.
  useEffect(() => title.current?.focus({ preventScroll: true }), [])
  const body = useRef<HTMLDivElement>(null)
  // What does not fit is reached by keyboard as well. (WCAG 2.1.1)
  useLayoutEffect(() => {
    const { current } = body
    if (current && current.scrollHeight > current.clientHeight) current.tabIndex = 0
    else current?.removeAttribute('tabindex')
  })
  return (
    <section className="frame" data-testid={testId} aria-labelledby="screen-title">
      <Bar device={device} language={language} leavable={screen.kind !== 'sending'} back={back}>
        <h1 id="screen-title" ref={title} tabIndex={-1} className={ownTitle ? 'unseen' : 'frame-title'}>
          {words.title}
        </h1>
      </Bar>
      <div className="frame-body" ref={body}>
        {children}
      </div>
      {actions ? <div className="frame-actions">{actions}</div> : null}
      {words.until === undefined ? null : (
        <footer className="frame-time" data-testid="time-left">
          <span className="number frame-left">
            <TimeLeft device={device} until={words.until} language={language} />
          </span>
          <span>{words.afterwards}</span>
        </footer>
      )}
    </section>
  )
}

/** The platform's time in half seconds, rounded up so that a countdown never begins above its length. */
export function useNow(device: Device): number {
  return useSyncExternalStore(device.subscribe, () => Math.ceil(device.now() / 500)) * 500
}

function TimeLeft({
  device,
  until,
  language,
}: {
  readonly device: Device
  readonly until: number
  readonly language: string
}): ReactNode {
  return say(language, 'time-left', { time: sayDuration(until - useNow(device)) })
}

interface BarProps {
  readonly device: Device
  readonly language: string
  readonly leavable: boolean
  readonly back: boolean
  readonly children: ReactNode
}

function Bar({ device, language, leavable, back, children }: BarProps): ReactNode {
  return (
    <header className="frame-bar">
      {back && leavable ? (
        <button
          type="button"
          className="bar-button"
          onClick={() => device.send({ type: 'back' })}
          aria-label={say(language, 'back')}
          data-testid="back"
        >
          <Glyph name="back" />
        </button>
      ) : (
        <span className="bar-gap" />
      )}
      {children}
      {leavable ? (
        <button
          type="button"
          className="bar-button"
          onClick={() => device.send({ type: 'home' })}
          aria-label={say(language, 'home')}
          data-testid="home"
        >
          <Glyph name="home" />
        </button>
      ) : (
        <span className="bar-gap" />
      )}
    </header>
  )
}
