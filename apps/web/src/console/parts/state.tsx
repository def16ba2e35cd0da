import type { ReactNode } from 'react'
import { None, plain } from './values.tsx'

const TONES: Readonly<Record<string, string>> = {
  captured: 'good',
  completed: 'good',
  registered: 'good',
  AVAILABLE: 'good',
  Available: 'good',
  SUCCESS: 'good',
  connected: 'good',
  approved: 'good',
  active: 'good',
  holds: 'good',
  done: 'good',
  fails: 'bad',
  warning: 'warn',
  charging: 'live',
  Charging: 'live',
  CHARGING: 'live',
  ACTIVE: 'live',
  finishing: 'live',
  declined: 'bad',
  stuck: 'bad',
  FAILED: 'bad',
  Faulted: 'bad',
  INOPERATIVE: 'bad',
  OUTOFORDER: 'bad',
  failed: 'bad',
  invalid: 'bad',
  refused: 'bad',
  PARTIAL_SUCCESS: 'warn',
  offline: 'warn',
  BLOCKED: 'warn',
  RESERVED: 'warn',
  registering: 'warn',
  invited: 'warn',
}

/** A state in its own spelling; the colour only repeats what the word says. */
export function State({ name, tone }: { readonly name: string | null | undefined; readonly tone?: string }): ReactNode {
  if (!name) return <None />
  return (
    <span className="state" data-tone={tone ?? TONES[name] ?? 'calm'}>
      {plain(name, 60)}
    </span>
  )
}
