import type { MouseEvent, ReactNode } from 'react'
import type { Route } from '../routes.ts'
import { addressOf, goTo } from '../routes.ts'

interface GoProps {
  readonly to: Route
  readonly children: ReactNode
  readonly className?: string
  readonly current?: boolean
}

/** A link within the console: a click moves without loading, everything else is the browser's. */
export function Go({ to, children, className, current }: GoProps): ReactNode {
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    goTo(to)
  }
  return (
    <a href={addressOf(to)} className={className} onClick={onClick} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  )
}
