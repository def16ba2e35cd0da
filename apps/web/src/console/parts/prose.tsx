import type { ReactNode } from 'react'
import { spelled } from '../../look/spelled.ts'
import { Code } from './values.tsx'

/** Text of the judge: what stands in backticks is code, and what a partner has sent is quoted in it. */
export function Prose({ text }: { readonly text: string }): ReactNode {
  const parts = spelled(text)
    .split('`')
    .map((part, index) => ({ part, code: index % 2 === 1, key: `${index} ${part}` }))
  return parts.map(({ part, code, key }) => (code ? <Code key={key}>{part}</Code> : part))
}
