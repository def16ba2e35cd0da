import type { ReactNode } from 'react'
import type { TerminalInfo } from '../../look/platform-api.ts'
import { kioskUrl, listOf, usePoll } from '../../look/platform-api.ts'
import type { Column } from '../parts.tsx'
import { At, Code, PageHead, Panel, SIDE_NAMES, Table } from '../parts.tsx'

const COMMON: readonly Column<TerminalInfo>[] = [
  { title: 'Locations', cell: (t) => <Ids ids={t.location_ids} /> },
  { title: 'EVSEs', cell: (t) => <Ids ids={t.evse_uids} /> },
  { title: 'Serial', cell: (t) => t.reference ?? '–' },
  { title: 'Customer', cell: (t) => t.customer_reference ?? '–' },
  { title: 'Updated', end: true, cell: (t) => <At time={t.last_updated} /> },
]

export function Terminals(): ReactNode {
  const ptp = usePoll<readonly TerminalInfo[]>('/ptp/api/terminals')
  const cpo = usePoll<readonly TerminalInfo[]>('/cpo/api/terminals')
  return (
    <>
      <PageHead
        title="Terminals"
        lead="The payment side owns them, the charging side assigns what they may sell. Both views should agree."
      />
      <Panel title={SIDE_NAMES.ptp} reading={ptp} empty={listOf(ptp).length === 0 ? 'No terminal yet.' : false}>
        <Table
          rows={listOf(ptp)}
          rowKey={(t) => t.terminal_id}
          columns={[
            {
              title: 'Terminal',
              cell: (t) => <a href={kioskUrl(t.terminal_id)}>{t.terminal_id}</a>,
            },
            { title: 'Model', cell: (t) => t.model ?? '–' },
            ...COMMON,
          ]}
        />
      </Panel>
      <Panel
        title={SIDE_NAMES.cpo}
        reading={cpo}
        empty={listOf(cpo).length === 0 ? 'No terminal has arrived here yet.' : false}
      >
        <Table
          rows={listOf(cpo)}
          rowKey={(t) => t.terminal_id}
          columns={[{ title: 'Terminal', cell: (t) => <Code>{t.terminal_id}</Code> }, ...COMMON]}
        />
      </Panel>
    </>
  )
}

function Ids({ ids }: { readonly ids: readonly string[] | undefined }): ReactNode {
  if (!ids || ids.length === 0) return <span className="none">–</span>
  return (
    <span className="ids">
      {ids.slice(0, 6).map((id) => (
        <Code key={id}>{id}</Code>
      ))}
      {ids.length > 6 ? <span className="none">and {ids.length - 6} more</span> : null}
    </span>
  )
}
