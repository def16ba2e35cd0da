import './milestones.css'
import type { ReactNode } from 'react'
import { listOf, usePoll } from '../../look/platform-api.ts'
import { Code, Go, Json, PageHead, Panel, State } from '../parts.tsx'

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

interface Message {
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
    readonly request: Message & {
      readonly method: string
      readonly url: string
      readonly by: string
      readonly at: string
    }
    readonly response: (Message & { readonly status: number }) | null
  }[]
}

interface BoardInfo extends Omit<BoardSummary, 'platform' | 'peer'> {
  readonly rules: readonly RuleInfo[]
  readonly note: string
}

const REACHED = { pass: 'reached', fail: 'not reached', untestable: 'under way' } as const
const SAID: Readonly<Record<RuleInfo['status'], string>> = {
  pass: 'holds',
  fail: 'fails',
  warn: 'warning',
  untestable: 'not seen yet',
  'not-applicable': 'not asked for',
}
/** What is wrong first, what holds last. */
const ORDER: readonly RuleInfo['status'][] = ['fail', 'warn', 'untestable', 'pass', 'not-applicable']

export function Milestones(): ReactNode {
  const reading = usePoll<readonly BoardSummary[]>('/judge/api/boards')
  const boards = listOf(reading)
  return (
    <>
      <PageHead
        title="Milestones"
        lead="Every partner is judged by the messages that happen anyway: six steps from the first handshake to a paid charge."
      />
      {boards.length === 0 ? (
        <Panel
          title="Partners"
          reading={reading}
          empty="Nothing was said with a partner yet. Connect one, and its board fills by itself."
        >
          {null}
        </Panel>
      ) : null}
      {boards.map((board) => (
        <Panel key={`${board.platform}/${board.peer}`} title={titleOf(board)}>
          <Steps milestones={board.milestones} />
          <p className="board-more">
            <Go to={{ page: 'milestones', detail: `${board.platform}/${board.peer}` }}>
              {board.roots.length === 0 ? 'All rules' : `${board.roots.length} to mend: ${board.roots[0]}`}
            </Go>
          </p>
        </Panel>
      ))}
    </>
  )
}

const titleOf = ({ partner, role, version }: Pick<BoardSummary, 'partner' | 'role' | 'version'>): string =>
  `${partner.name || `${partner.country_code} ${partner.party_id}`}, ${role.toUpperCase()}, OCPI ${version}`

function Steps({ milestones }: { readonly milestones: readonly MilestoneInfo[] }): ReactNode {
  return (
    <ol className="steps">
      {milestones.map(({ id, title, status, done = 0, of = 0 }) => (
        <li key={id} data-status={status} data-testid={`milestone-${id}`}>
          <b>{title}</b>
          <span>{REACHED[status]}</span>
          <span className="number">
            {done} of {of}
          </span>
          <progress value={done} max={Math.max(of, 1)} aria-label={`${title}: ${done} of ${of} rules hold`} />
        </li>
      ))}
    </ol>
  )
}

export function MilestoneBoard({ board: place }: { readonly board: string }): ReactNode {
  const [platform = '', peer = ''] = place.split('/')
  const reading = usePoll<BoardInfo>(`/judge/api/boards/${encodeURIComponent(platform)}/${encodeURIComponent(peer)}`)
  const board = reading.data
  return (
    <>
      <PageHead title={board === undefined ? 'Board' : titleOf(board)} {...(board && { lead: board.note })} />
      {board === undefined ? (
        <Panel title="Board" reading={reading}>
          {null}
        </Panel>
      ) : (
        board.milestones.map((milestone) => (
          <Panel key={milestone.id} title={`${milestone.title}: ${REACHED[milestone.status]}`}>
            {rulesOf(board, milestone.id).map((rule) => (
              <Rule key={rule.id} rule={rule} />
            ))}
          </Panel>
        ))
      )}
    </>
  )
}

const rulesOf = ({ rules }: BoardInfo, milestone: string): readonly RuleInfo[] =>
  rules
    .filter((rule) => rule.milestone === milestone)
    .toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))

function Rule({ rule }: { readonly rule: RuleInfo }): ReactNode {
  const bad = rule.status === 'fail' || rule.status === 'warn'
  return (
    <details className="rule" data-status={rule.status} data-testid={`rule-${rule.id}`}>
      <summary>
        <State name={SAID[rule.status]} />
        <span className="rule-text">
          <Prose text={bad ? rule.message : rule.text} />
        </span>
        <Code>{rule.id}</Code>
      </summary>
      <dl className="pairs">
        <Pair name="Asked for" value={`${rule.text} (${rule.keyword})`} />
        <Pair name="Said" value={rule.status === 'pass' ? null : rule.message} />
        <Pair name="Expected" value={rule.expected} />
        <Pair name="Actual" value={rule.actual} />
        <Pair name="Field" value={rule.field} />
        <Pair name="Follows from" value={rule.cause} />
        <Pair name="Why" value={rule.why} />
        <Pair name="Fix" value={rule.status === 'pass' ? null : rule.fix} />
        <Pair name="Source" value={`${rule.source.kind}: ${rule.source.at}`} />
        <Pair name="Seen" value={`held ${rule.held} times, failed ${rule.failed} times`} />
      </dl>
      {rule.evidence.map((one) => (
        <Evidence key={`${one.request.at} ${one.request.url}`} evidence={one} />
      ))}
    </details>
  )
}

/** Text of the catalogue: what stands in backticks is code. */
function Prose({ text }: { readonly text: string }): ReactNode {
  const parts = text.split('`').map((part, index) => ({ part, code: index % 2 === 1, key: `${index} ${part}` }))
  return parts.map(({ part, code, key }) => (code ? <Code key={key}>{part}</Code> : part))
}

function Pair({ name, value }: { readonly name: string; readonly value: string | null }): ReactNode {
  if (value === null || value === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Prose text={value} />
      </dd>
    </>
  )
}

function Evidence({ evidence: { request, response } }: { readonly evidence: RuleInfo['evidence'][number] }): ReactNode {
  return (
    <section className="message">
      <h3>
        {request.method} {request.url} → {response === null ? 'no answer' : response.status}
      </h3>
      <div className="messages">
        <Json value={request.body} />
        <Json value={response?.body} />
      </div>
    </section>
  )
}
