import type { Journey } from '@plugtill/terminal/inputs'
import type { Wording } from '@plugtill/terminal/wording'
import type { ReactNode } from 'react'
import { useEffect } from 'react'

interface SpokenProps {
  readonly journey: Journey
  readonly words: Wording
}

/** What the page is called, and what a screen reader says of each new screen. */
export function Spoken({ journey: { language, offers }, words }: SpokenProps): ReactNode {
  useEffect(() => {
    document.documentElement.lang = language
    document.title = offers ? `${words.title} · ${offers.terminalId}` : words.title
  }, [language, offers, words.title])
  return (
    <div className="unseen" aria-live="polite" aria-atomic="true">
      {[words.title, words.body, words.money].filter(Boolean).join('. ')}
    </div>
  )
}
