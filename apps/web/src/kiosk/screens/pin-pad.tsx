import { SANDBOX_PIN } from '@plugtill/terminal/cards'
import { PIN_TRIES } from '@plugtill/terminal/pin'
import type { Screen } from '@plugtill/terminal/screens'
import { say } from '@plugtill/terminal/texts'
import type { KeyboardEvent, ReactNode } from 'react'
import { useEffect, useRef, useState } from 'react'
import { Frame } from '../frame.tsx'
import type { ScreenProps } from '../screen.tsx'

const LEAST = 4
const MOST = 12
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

/**
 * The device's own pad. What is typed lives in this component and is compared here, as a certified device does behind
 * its screen: the journey, the link and the platform only ever hear whether it was right.
 */
export function PinPad({ typing, ...props }: ScreenProps & { readonly typing: Screen & { kind: 'pin' } }): ReactNode {
  const { device, words, journey } = props
  const { language } = journey
  const [typed, setTyped] = useState('')
  const pad = useRef<HTMLFieldSetElement>(null)
  // The digits of the keyboard work at once, without a way to the pad first.
  useEffect(() => pad.current?.focus({ preventScroll: true }), [])
  const add = (digit: string): void => setTyped((so) => (so.length < MOST ? so + digit : so))
  const remove = (): void => setTyped((so) => so.slice(0, -1))
  const done = (): void => {
    if (typed.length < LEAST) return
    setTyped('')
    device.send({ type: 'pin', right: typed === SANDBOX_PIN })
  }
  const onKey = (event: KeyboardEvent): void => {
    const { key } = event
    device.send({ type: 'touched' })
    if (/^[0-9]$/.test(key)) add(key)
    else if (key === 'Backspace') remove()
    // On a button Enter presses that button; on the pad itself it means OK.
    else if (key === 'Enter' && event.target === event.currentTarget) done()
    else if (key === 'Escape') device.send({ type: 'back' })
    else return
    event.preventDefault()
  }
  return (
    <Frame {...props} testId="screen-pin">
      <p className="pin-why" data-again={typing.triesLeft < PIN_TRIES} data-testid="pin-why">
        {words.body}
      </p>
      <Typed count={typed.length} language={language} />
      <fieldset className="pin-pad" ref={pad} tabIndex={-1} onKeyDown={onKey} data-testid="pin-pad">
        <legend className="unseen">{words.title}</legend>
        {DIGITS.map((digit) => (
          <PinKey key={digit} digit={digit} onPress={add} />
        ))}
        <button type="button" className="pin-word" onClick={remove} disabled={typed === ''} data-testid="pin-delete">
          {say(language, 'pin-delete')}
        </button>
        <PinKey digit="0" onPress={add} />
        <button
          type="button"
          className="pin-word pin-done"
          onClick={done}
          disabled={typed.length < LEAST}
          data-testid="pin-done"
        >
          {say(language, 'pin-done')}
        </button>
      </fieldset>
      {journey.offers?.cardTray ? (
        <p className="fine pin-hint">{say(language, 'pin-sandbox', { pin: SANDBOX_PIN })}</p>
      ) : null}
    </Frame>
  )
}

/** How many digits there are, to be seen and to be heard; never which. */
function Typed({ count, language }: { readonly count: number; readonly language: string }): ReactNode {
  return (
    <>
      <p className="pin-dots" aria-hidden="true" data-testid="pin-dots">
        {Array.from({ length: Math.max(LEAST, count) }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: dots are told apart by their place alone
          <i key={at} data-filled={at < count} />
        ))}
      </p>
      <p className="unseen" aria-live="polite">
        {say(language, 'pin-typed', { count: String(count) })}
      </p>
    </>
  )
}

function PinKey({ digit, onPress }: { readonly digit: string; readonly onPress: (digit: string) => void }): ReactNode {
  return (
    <button type="button" onClick={() => onPress(digit)} data-testid={`pin-${digit}`}>
      {digit}
    </button>
  )
}
