import type { ReactNode } from 'react'
import type { PeerInfo, Side } from '../../look/platform-api.ts'
import { listOf, usePoll } from '../../look/platform-api.ts'
import { Code, PageHead, Panel, SIDE_NAMES, State, Table } from '../parts.tsx'

export function Partners(): ReactNode {
  return (
    <>
      <PageHead title="Partners" lead="Who each platform speaks OCPI with, and how far the handshake got." />
      <PartnersOf side="ptp" />
      <PartnersOf side="cpo" />
      <Panel title="Connect another system">
        <p className="quiet">
          Invite a partner who will start the handshake, or start it yourself with the token you were given.
        </p>
        <p className="cli">
          <Code>npx plugtill peers invite --platform ptp --country-code NL --party-id ABC</Code>
        </p>
        <p className="cli">
          <Code>npx plugtill peers register --platform ptp --versions-url URL --token TOKEN</Code>
        </p>
      </Panel>
    </>
  )
}

function PartnersOf({ side }: { readonly side: Side }): ReactNode {
  const reading = usePoll<readonly PeerInfo[]>(`/${side}/api/peers`)
  const peers = listOf(reading)
  return (
    <Panel title={SIDE_NAMES[side]} reading={reading} empty={peers.length === 0 ? 'No partner yet.' : false}>
      <Table
        rows={peers}
        rowKey={(p) => p.id}
        columns={[
          { title: 'Partner', cell: (p) => <b>{nameOf(p)}</b> },
          { title: 'Id', cell: (p) => <Code>{p.id}</Code> },
          { title: 'Status', cell: (p) => <State name={p.status} /> },
          { title: 'OCPI', cell: (p) => p.version ?? '–' },
          {
            title: 'Roles',
            cell: (p) => (p.roles ?? []).map((r) => `${r.role} ${r.country_code} ${r.party_id}`).join(', ') || '–',
          },
          { title: 'Versions URL', cell: (p) => <Code>{p.versions_url ?? '–'}</Code> },
        ]}
      />
    </Panel>
  )
}

function nameOf(peer: PeerInfo): string {
  return (peer.roles ?? []).map((r) => r.business_details?.name).find(Boolean) ?? peer.id
}
