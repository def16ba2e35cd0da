/** What one page cannot draw must not take the others with it. */
import type { ReactNode } from 'react'
import { Component } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { plain } from './values.tsx'

interface FenceProps {
  readonly children: ReactNode
}

interface FenceState {
  readonly error?: unknown
}

/** React knows such fences as classes only. */
export class Fence extends Component<FenceProps, FenceState> {
  override state: FenceState = {}

  static getDerivedStateFromError(error: unknown): FenceState {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    const t = texts().panel
    return (
      <>
        <h1>{t.broken}</h1>
        <p className="problem" role="alert" data-testid="broken">
          {t.brokenSays}{' '}
          <code className="code">{plain(error instanceof Error ? error.message : String(error), 300)}</code>
        </p>
      </>
    )
  }
}
