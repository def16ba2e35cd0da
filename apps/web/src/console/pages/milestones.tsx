import { pathPart } from '../../look/path-part.ts'
import './milestones.css'
import type { ReactNode } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import { listOf } from '../../look/platform-api.ts'
import { Act } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Prose } from '../parts/prose.tsx'
import { State } from '../parts/state.tsx'
import { Code, plain } from '../parts/values.tsx'
import { Message } from '../traffic/exchange.tsx'
import { ModulePage } from './module.tsx'

interface MilestoneInfo {
  readonly id: string
  readonly title: string
  readonly status: 'pass' | 'fail' | 'untestable'
  readonly blocked_by: readonly string[]
  readonly done?: number
  readonly of?: number
}

interface PartnerInfo {
  readonly name: string
  readonly country_code: string
  readonly party_id: string
}

interface BoardSummary {
  readonly platform: string
  readonly peer: string
  readonly partner: PartnerInfo
  readonly role: 'cpo' | 'ptp'
  readonly version: string
  readonly milestones: readonly MilestoneInfo[]
  readonly roots: readonly string[]
}

interface EvidenceMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

interface RuleInfo {
  readonly id: string
  readonly module: string
  readonly milestone: string
  readonly keyword: string
  readonly status: 'pass' | 'fail' | 'warn' | 'untestable' | 'not-applicable'
  readonly text: string
  readonly why: string
  readonly message: string
  readonly expected: string | null
  readonly actual: string | null
  readonly field: string | null
  readonly held: number
  readonly failed: number
  readonly cause: string | null
  readonly fix: string
  readonly source: { readonly kind: string; readonly at: string }
  readonly evidence: readonly {
    readonly request: EvidenceMessage & {
      readonly method: string
      readonly url: string
      readonly by: string
      readonly at: string
    }
    readonly response: (EvidenceMessage & { readonly status: number }) | null
  }[]
}

interface BoardInfo extends Omit<BoardSummary, 'platform' | 'peer'> {
  readonly rules: readonly RuleInfo[]
  readonly note: string
}

const TONES: Readonly<Record<RuleInfo['status'], string>> = {
  pass: 'good',
  fail: 'bad',
  warn: 'warn',
  untestable: 'calm',
  'not-applicable': 'calm',
}
/** What is wrong first, what holds last. */
const ORDER: readonly RuleInfo['status'][] = ['fail', 'warn', 'untestable', 'pass', 'not-applicable']

export function Milestones({ detail }: { readonly detail?: string }): ReactNode {
  const [, role, module] = /^rules\/(cpo|ptp)\/(.+)$/.exec(detail ?? '') ?? []
  if (role !== undefined && module !== undefined) return <ModulePage role={role as 'cpo' | 'ptp'} module={module} />
  return detail === undefined ? <Boards /> : <MilestoneBoard board={detail} />
}

/** A judgement is made anew when something was said. */
const WHEN = ['exchanges', 'peers']

function Boards(): ReactNode {
  const t = texts().milestones
  const reading = useLive<readonly BoardSummary[]>('/judge/api/boards', WHEN)
  const boards = listOf(reading)
  return (
    <>
      <PageHead title={texts().pages.milestones.title} lead={texts().pages.milestones.lead} />
      {boards.length === 0 ? (
        <Panel title={texts().pages.partners.title} reading={reading} empty={t.none}>
          {null}
        </Panel>
      ) : null}
      {boards.map((board) => (
        <Panel key={`${board.platform}/${board.peer}`} title={titleOf(board)}>
          <Steps milestones={board.milestones} />
          <p className="board-more">
            <Go to={{ page: 'milestones', detail: `${board.platform}/${board.peer}` }}>
              {board.roots.length === 0 ? t.allRules : t.toMend(board.roots.length, board.roots[0] ?? '')}
            </Go>
          </p>
        </Panel>
      ))}
    </>
  )
}

const titleOf = ({ partner, role, version }: Pick<BoardSummary, 'partner' | 'role' | 'version'>): string =>
  `${plain(partner.name, 80) || `${partner.country_code} ${partner.party_id}`}, ${role.toUpperCase()}, OCPI ${version}`

interface StepsProps {
  readonly milestones: readonly MilestoneInfo[]
  /** On a board each leads to its rules below. */
  readonly jump?: boolean
}

function Steps({ milestones, jump }: StepsProps): ReactNode {
  return (
    <ol className="steps">
      {milestones.map(({ id, title, status, done = 0, of = 0 }) => (
        <li key={id} data-status={status} data-testid={`milestone-${id}`}>
          <b>{jump ? <a href={`#step-${id}`}>{title}</a> : title}</b>
          <span>{texts().milestones.reached[status]}</span>
          <span className="number">{texts().milestones.of(done, of)}</span>
          <progress value={done} max={Math.max(of, 1)} aria-label={`${title}: ${texts().milestones.of(done, of)}`} />
        </li>
      ))}
    </ol>
  )
}

function MilestoneBoard({ board: place }: { readonly board: string }): ReactNode {
  const [platform = '', peer = ''] = place.split('/')
  const path = `/judge/api/boards/${pathPart(platform)}/${pathPart(peer)}`
  const reading = useLive<BoardInfo>(path, WHEN)
  const t = texts().milestones
  const board = reading.data
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'milestones' }}>{texts().pages.milestones.title}</Go>
      </p>
      <PageHead title={board === undefined ? t.board : titleOf(board)} {...(board && { lead: board.note })} />
      {board ? (
        <Panel title={t.steps}>
          <Steps milestones={board.milestones.map((one) => progressOf(board, one))} jump />
        </Panel>
      ) : null}
      {board && board.roots.length > 0 ? (
        <Panel
          title={t.mendFirst}
          testId="roots"
          aside={
            <Act act={() => ask('POST', `${path}/mended`)} then={reading.again} testId="mended">
              {t.mended}
            </Act>
          }
        >
          <ol className="plain-list">
            {board.roots.map((id) => (
              <li key={id}>
                <a href={`#rule-${id}`}>{id}</a>{' '}
                <Prose text={board.rules.find((rule) => rule.id === id)?.message ?? ''} />
              </li>
            ))}
          </ol>
        </Panel>
      ) : null}
      {board === undefined ? (
        <Panel title={t.board} reading={reading}>
          {null}
        </Panel>
      ) : (
        board.milestones.map((milestone) => (
          <Panel
            key={milestone.id}
            title={<span id={`step-${milestone.id}`}>{`${milestone.title}: ${t.reached[milestone.status]}`}</span>}
          >
            {rulesOf(board, milestone.id).map((rule) => (
              <Rule key={rule.id} rule={rule} target={board.role} />
            ))}
          </Panel>
        ))
      )}
    </>
  )
}

/** As the list of boards counts: rules that were seen to hold, of those that are asked for. */
function progressOf({ rules }: BoardInfo, milestone: MilestoneInfo): MilestoneInfo {
  const asked = rules.filter(
    (rule) => rule.milestone === milestone.id && rule.keyword === 'must' && rule.status !== 'not-applicable',
  )
  return { ...milestone, done: asked.filter(({ status }) => status === 'pass').length, of: asked.length }
}

const rulesOf = ({ rules }: BoardInfo, milestone: string): readonly RuleInfo[] =>
  rules
    .filter((rule) => rule.milestone === milestone)
    .toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))

function Rule({ rule, target }: { readonly rule: RuleInfo; readonly target: string }): ReactNode {
  const t = texts().milestones
  const bad = rule.status === 'fail' || rule.status === 'warn'
  return (
    <details className="rule" id={`rule-${rule.id}`} data-status={rule.status} data-testid={`rule-${rule.id}`}>
      <summary>
        <State name={t.said[rule.status]} tone={TONES[rule.status]} />
        <span className="rule-text">
          <Prose text={bad ? rule.message : rule.text} />
        </span>
        <Code>{rule.id}</Code>
      </summary>
      <dl className="pairs">
        <Pair name={t.asked} value={`${rule.text} (${rule.keyword})`} />
        <Pair name={t.words} value={rule.status === 'pass' ? null : rule.message} />
        <Pair name={t.expected} value={rule.expected} />
        <Pair name={t.actual} value={rule.actual} />
        <Pair name={t.field} value={rule.field} />
        <Pair name={t.cause} value={rule.cause} />
        <Pair name={t.why} value={rule.why} />
        <Pair name={t.fix} value={rule.status === 'pass' ? null : rule.fix} />
        <Pair name={t.source} value={`${rule.source.kind}: ${rule.source.at}`} />
        <Pair name={t.seen} value={t.times(rule.held, rule.failed)} />
      </dl>
      <p className="deeds">
        <Go to={{ page: 'traffic', query: { q: rule.module, from: 'ptp cpo' } }}>{t.moduleMessages(rule.module)}</Go>
        <Go to={{ page: 'milestones', detail: `rules/${target}/${rule.module}`, query: { rule: rule.id } }}>
          {t.modulePage(rule.module)}
        </Go>
      </p>
      {rule.evidence.map((one) => (
        <Evidence key={`${one.request.at} ${one.request.url}`} evidence={one} />
      ))}
    </details>
  )
}

function Pair({ name, value }: { readonly name: string; readonly value: string | null }): ReactNode {
  if (value === null || value === '') return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Prose text={value} />
      </dd>
    </div>
  )
}

function Evidence({ evidence: { request, response } }: { readonly evidence: RuleInfo['evidence'][number] }): ReactNode {
  const t = texts().traffic
  return (
    <section className="evidence">
      <h3>
        {request.method} {plain(request.url, 300)} → {response === null ? t.noAnswer : response.status}
      </h3>
      <div className="messages">
        <Message title={t.request} headers={request.headers} body={request.body} />
        <Message title={t.response} headers={response?.headers} body={response?.body} />
      </div>
    </section>
  )
}
