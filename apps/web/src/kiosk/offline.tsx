import { connectionLost } from '@plugtill/terminal/connection-lost'
import type { Journey } from '@plugtill/terminal/inputs'
import type { ReactNode } from 'react'

/** Stands over the screen while the platform cannot be reached. */
export function Offline({ journey: { online, screen, language } }: { readonly journey: Journey }): ReactNode {
  return online ? null : (
    <p className="offline" role="status" data-testid="offline">
      {connectionLost(screen, language)}
    </p>
  )
}
