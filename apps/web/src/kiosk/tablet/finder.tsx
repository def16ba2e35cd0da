import { say } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { plugName } from '../screens/choose.tsx'
import type { Wanted } from './matching.ts'

interface FinderProps {
  readonly wanted: Wanted
  readonly plugs: readonly string[]
  readonly language: string
  readonly onWant: (wanted: Wanted) => void
}

/** By the number on the charger, by plug, and whether it is free. */
export function Finder({ wanted, plugs, language, onWant }: FinderProps): ReactNode {
  return (
    <search className="finder" aria-label={say(language, 'find')}>
      <input
        type="search"
        autoComplete="off"
        maxLength={40}
        value={wanted.text}
        aria-label={say(language, 'find')}
        placeholder={say(language, 'find-example')}
        onChange={({ target }) => onWant({ ...wanted, text: target.value })}
        data-testid="find"
      />
      <button
        type="button"
        className="chip"
        aria-pressed={wanted.freeOnly}
        onClick={() => onWant({ ...wanted, freeOnly: !wanted.freeOnly })}
        data-testid="free-only"
      >
        {say(language, 'free-only')}
      </button>
      {plugs.length > 1
        ? [undefined, ...plugs].map((plug) => (
            <button
              type="button"
              className="chip"
              key={plug ?? ''}
              aria-pressed={wanted.plug === plug}
              onClick={() => {
                const { plug: _, ...others } = wanted
                onWant(plug === undefined ? others : { ...others, plug })
              }}
              data-testid={`plug-${plug ?? 'all'}`}
            >
              {plug === undefined ? say(language, 'all-plugs') : plugName(plug)}
            </button>
          ))
        : null}
    </search>
  )
}
