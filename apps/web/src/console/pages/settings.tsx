import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import type { PlatformInfo, Side } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { PageHead, Pairs, Panel, sideName } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'
import { At, Code, None, plain, Said } from '../parts/values.tsx'

interface SettingInfo {
  readonly name: string
  readonly flag: string
  readonly value: string | null
  readonly from: string
  readonly about: string
}

interface AuditEntry {
  readonly at: string
  readonly audit: string
  readonly by?: string
  readonly reason?: string
  readonly decision?: string
  readonly reference: string | null
}

/** What runs with which settings, and what operators have decided. */
export function Settings(): ReactNode {
  const t = texts().settings
  const settings = useLive<readonly SettingInfo[]>('/sandbox/api/settings', [])
  const audit = useLive<readonly AuditEntry[]>('/ptp/api/audit?limit=50', ['payments', 'terminals'])
  return (
    <>
      <PageHead title={texts().pages.settings.title} lead={texts().pages.settings.lead} />
      <div className="columns">
        <Platform side="ptp" />
        <Platform side="cpo" />
      </div>
      <Panel title={t.settings} reading={settings}>
        <Table
          rows={listOf(settings)}
          label={t.settings}
          rowKey={(one) => one.name}
          columns={[
            { title: t.variable, cell: (one) => <Code>{one.name}</Code> },
            { title: t.flag, cell: (one) => <Code>{one.flag}</Code> },
            { title: t.value, cell: (one) => (one.value === null ? <None /> : <Said>{one.value}</Said>) },
            { title: t.from, cell: (one) => <Code>{one.from}</Code> },
            { title: t.about, cell: (one) => plain(one.about, 200) },
          ]}
        />
      </Panel>
      <Panel title={t.audit} reading={audit} empty={listOf(audit).length === 0 && t.noAudit}>
        <Table
          rows={listOf(audit)}
          label={t.audit}
          rowKey={(one, index) => `${one.at} ${index}`}
          columns={[
            { title: t.when, cell: (one) => <At time={one.at} /> },
            { title: t.what, cell: (one) => <Said>{[one.audit, one.decision].filter(Boolean).join(': ')}</Said> },
            { title: t.who, cell: (one) => <Said>{one.by}</Said> },
            { title: t.why, cell: (one) => <Said most={300}>{one.reason}</Said> },
          ]}
        />
      </Panel>
    </>
  )
}

function Platform({ side }: { readonly side: Side }): ReactNode {
  const t = texts().settings
  const reading = useLive<PlatformInfo>(`/${side}/api/platform`, [])
  const { data } = reading
  return (
    <Panel title={sideName(side)} reading={reading}>
      <Pairs
        pairs={[
          [t.name, <Said key="n">{data?.name}</Said>],
          [t.party, <Code key="p">{[data?.country_code, data?.party_id].filter(Boolean).join(' ')}</Code>],
          ['Versions URL', <Code key="u">{data?.versions_url}</Code>],
          ...(typeof data?.['psp'] === 'string' ? ([[t.provider, data['psp']]] as const) : []),
          [
            'API',
            <a key="a" href={`/${side}/api/openapi.json`}>
              OpenAPI
            </a>,
          ],
        ]}
      />
    </Panel>
  )
}
