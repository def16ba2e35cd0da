/** Single values: whatever a partner sends is text, of bounded length, in its own direction. */
import type { ReactNode } from 'react'
import { ago, kwh, money, time } from '../../look/format.ts'
import type { MinorAmount } from '../../look/platform-api.ts'
import { spelled } from '../../look/spelled.ts'

const MOST = 160
/** Stays in one line where a table has the room. */
const SHORT = 40

/** Controls, and orders to turn what follows. */
const UNFIT = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu
/** Towers of accents would be drawn over the lines above. */
const TOWERS = /(\p{M}{3})\p{M}+/gu

/** Text of a partner as it may stand in a line: what does not fit there is seen as a sign of its own, and it is not endless. */
export function plain(value: unknown, most = MOST): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
  const letters = text.length > most ? `${[...text.slice(0, most)].join('')}…` : text
  return letters.replace(UNFIT, '\uFFFD').replace(TOWERS, '$1')
}

export function None(): ReactNode {
  return <span className="none">–</span>
}

/** Its direction stays inside: what stands beside it keeps its place. */
export function Said({ children, most }: { readonly children: unknown; readonly most?: number }): ReactNode {
  const text = plain(children, most)
  if (text === '') return <None />
  return (
    <bdi data-short={text.length <= SHORT / 2} title={text.endsWith('…') ? plain(children, 2_000) : undefined}>
      {text}
    </bdi>
  )
}

export function Code({ children }: { readonly children: unknown }): ReactNode {
  const text = Array.isArray(children) ? spelled(children.join('')) : plain(children)
  if (text === '') return <None />
  return (
    <code className="code" data-short={text.length <= SHORT}>
      {text}
    </code>
  )
}

export function Amount({ value }: { readonly value: MinorAmount | null | undefined }): ReactNode {
  return value ? <span className="number">{money(value)}</span> : <None />
}

export function At({ time: iso }: { readonly time: string | null | undefined }): ReactNode {
  if (!iso) return <None />
  return (
    <time className="number" dateTime={iso} title={iso}>
      {time(plain(iso, 40))}
    </time>
  )
}

export function Ago({ time: iso }: { readonly time: string | null | undefined }): ReactNode {
  if (!iso) return <None />
  return (
    <time dateTime={iso} title={iso}>
      {ago(iso)}
    </time>
  )
}

export function Energy({ wh }: { readonly wh: number | null | undefined }): ReactNode {
  return typeof wh === 'number' ? <span className="number">{kwh(wh)}</span> : <None />
}
