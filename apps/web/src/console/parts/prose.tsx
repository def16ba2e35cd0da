import type { ReactNode } from 'react'
import { Code } from './values.tsx'

/** Text of the catalogue of rules: what stands in backticks is code. */
export function Prose({ text }: { readonly text: string }): ReactNode {
  const parts = text.split('`').map((part, index) => ({ part, code: index % 2 === 1, key: `${index} ${part}` }))
  return parts.map(({ part, code, key }) => (code ? <Code key={key}>{part}</Code> : part))
}
