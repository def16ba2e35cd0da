import type { ReactNode } from 'react'
import { Glyph } from './glyph.tsx'

/** Things to choose one of, or the words for why there are none. */
export function ChoiceList({ none, children }: { readonly none?: string | undefined; readonly children: ReactNode }) {
  return (
    <>
      {none ? <p className="empty">{none}</p> : null}
      <ul className="list">{children}</ul>
    </>
  )
}

interface ChoiceProps {
  readonly testId: string
  readonly onChoose: () => void
  readonly children: ReactNode
}

export function Choice({ testId, onChoose, children }: ChoiceProps): ReactNode {
  return (
    <li>
      <button type="button" className="row" onClick={onChoose} data-testid={testId}>
        <span className="row-main">{children}</span>
        <Glyph name="next" />
      </button>
    </li>
  )
}
