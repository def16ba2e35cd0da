/** A terminal as the admin APIs tell it, and the columns that both sides show. */
import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import type { TerminalInfo } from '../../look/platform-api.ts'
import type { Column } from '../parts/table.tsx'
import { Ago, Code, None, plain, Said } from '../parts/values.tsx'

export interface Terminal extends TerminalInfo {
  readonly state?: string
  readonly peer?: string
  readonly contract?: string | null
  readonly refusal?: string | null
}

export const placeColumns = (): readonly Column<Terminal>[] => {
  const t = texts().terminals
  return [
    { title: t.sells, cell: (one) => <Ids ids={[...(one.location_ids ?? []), ...(one.evse_uids ?? [])]} /> },
    { title: t.serial, cell: (one) => <Said most={40}>{one.reference}</Said> },
    { title: t.customer, cell: (one) => <Said most={40}>{one.customer_reference}</Said> },
    { title: texts().locations.updated, end: true, cell: (one) => <Ago time={one.last_updated} /> },
  ]
}

const SHOWN = 6

function Ids({ ids }: { readonly ids: readonly string[] }): ReactNode {
  if (ids.length === 0) return <None />
  return (
    <span className="ids">
      {ids.slice(0, SHOWN).map((id) => (
        <Code key={id}>{plain(id, 40)}</Code>
      ))}
      {ids.length > SHOWN ? <span className="none">{texts().panel.more(ids.length - SHOWN)}</span> : null}
    </span>
  )
}
