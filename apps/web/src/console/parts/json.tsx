import type { ReactNode } from 'react'
import { useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { spelled } from '../../look/spelled.ts'

const SHOWN = 40_000

/** Anything JSON, pretty-printed as text. */
export function Json({ value, label }: { readonly value: unknown; readonly label?: string }): ReactNode {
  const text = pretty(value)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no mouse scrolls with the keys
    // biome-ignore lint/a11y/useSemanticElements: a section around the pre would be one more box for the same thing
    <pre className="json" tabIndex={0} aria-label={label ?? texts().panel.json} role="region">
      {text.length > SHOWN ? `${text.slice(0, SHOWN)}\n${texts().panel.cut(text.length - SHOWN)}` : text}
    </pre>
  )
}

export function pretty(value: unknown): string {
  if (value === undefined || value === null || value === '') return texts().panel.nothing
  if (typeof value !== 'string') return spelled(JSON.stringify(value, null, 2))
  try {
    return spelled(JSON.stringify(JSON.parse(value), null, 2))
  } catch {
    return spelled(value)
  }
}

/** Copies a text that is made when it is asked for, and says that it did. */
export function Copy({ text, children }: { readonly text: () => string; readonly children: ReactNode }): ReactNode {
  const [done, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text())
    setDone(true)
    setTimeout(() => setDone(false), 1_500)
  }
  return (
    <button type="button" className="quiet-button" onClick={() => void copy().catch(() => setDone(false))}>
      <span aria-live="polite">{done ? texts().panel.copied : children}</span>
    </button>
  )
}
