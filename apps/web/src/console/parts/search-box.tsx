import type { ReactNode } from 'react'

/** Words by which a list is searched; `hint` says what they may be where the name of the box does not. */
export function SearchBox({
  label,
  hint = label,
  text,
  onText,
  testId,
}: {
  readonly label: string
  readonly hint?: string
  readonly text: string
  readonly onText: (text: string) => void
  readonly testId?: string
}): ReactNode {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={hint}
      value={text}
      onChange={(event) => onText(event.target.value)}
      data-testid={testId}
    />
  )
}
