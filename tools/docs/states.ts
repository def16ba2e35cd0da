/** A state table as a page: the walked machine as a diagram, and for each state what every event comes to. */
import {
  type Cell,
  diagram,
  type Entity,
  type Happened,
  inspect,
  type Machine,
  type Order,
  type Row,
  type Samples,
  type Verdict,
} from '@plugtill/engine/machine'

export interface StatePage<E extends Entity, H extends Happened, O extends Order> {
  readonly title: string
  /** What the machine is for, where its table stands, what its end states mean. */
  readonly opening: string
  readonly machine: Machine<E, H, O>
  readonly samples: Samples<E, H>
  /** What makes two entities of one state different for the table. */
  readonly sameness: (entity: E) => unknown
  /** One sentence per state. */
  readonly meaning: Readonly<Record<string, string>>
}

/** Enough for the samples here; a walk that is cut short is an error, so that no page lacks an arrow. */
const MOST_ENTITIES = 20_000

type Notes = Map<string, Map<string, Set<string>>>

/** The page; throws when the samples do not show every state and every event. */
export function statePage<E extends Entity, H extends Happened, O extends Order>(page: StatePage<E, H, O>): string {
  const notes: Notes = new Map()
  const { machine, samples, sameness, meaning } = page
  const walked = inspect(recording(machine, notes), samples, { maxEntities: MOST_ENTITIES, sameness })
  const lacking = [...walked.unreached, ...walked.untried, ...walked.thrown.map(({ state, on }) => `${state} + ${on}`)]
  if (lacking.length > 0 || !walked.complete)
    throw new Error(`${page.title}: the samples do not show ${lacking.join(', ') || 'everything: too many entities'}.`)
  const sections = Object.keys(machine.states).map((state) =>
    [
      `### ${state}`,
      '',
      `${meaning[state] ?? ''}${(machine.final as readonly string[]).includes(state) ? ' **Final.**' : ''}`.trim(),
      '',
      '| Event | What it comes to |',
      '|---|---|',
      ...grouped(notes.get(state) ?? new Map()).map(([events, verdict]) => `| ${events} | ${verdict} |`),
      '',
    ].join('\n'),
  )
  return [
    `# ${page.title}`,
    '',
    page.opening,
    '',
    '```mermaid',
    diagram(machine, walked),
    '```',
    '',
    'In the tables, *stays* and *ignored* both leave the state: the first takes something from the event, the second',
    'knows it already. *Refused* changes nothing and is shown to the operator as the fault `EVENT_REFUSED`. In',
    'brackets: the effects that are ordered in the same commit. Several outcomes in one cell depend on what the event',
    'says and on what came before.',
    '',
    ...sections,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

/** The same machine; every verdict it gives is noted. */
function recording<E extends Entity, H extends Happened, O extends Order>(
  machine: Machine<E, H, O>,
  notes: Notes,
): Machine<E, H, O> {
  const states = Object.entries<Row<E, H, O>>(machine.states).map(([state, row]) => {
    const seen = new Map<string, Set<string>>()
    notes.set(state, seen)
    const cells = Object.entries(row).map(([event, cell]) => {
      const words = new Set<string>()
      seen.set(event, words)
      const noted: Cell<E, H, O> = (entity, happened) => {
        const verdict = (cell as Cell<E, H, O>)(entity, happened)
        words.add(wording(state, verdict))
        return verdict
      }
      return [event, noted]
    })
    return [state, Object.fromEntries(cells)]
  })
  return { ...machine, states: Object.fromEntries(states) as Machine<E, H, O>['states'] }
}

function wording<E extends Entity, O extends Order>(state: string, verdict: Verdict<E, O>): string {
  if ('ignore' in verdict) return 'ignored'
  if ('refuse' in verdict) return 'refused'
  const orders = [...new Set((verdict.effects ?? []).map(({ do: order }) => `\`${order}\``))].join(', ')
  const move = verdict.to === state ? 'stays' : `→ **${verdict.to}**`
  return orders ? `${move} (${orders})` : move
}

/** Events that come to the same share a row; what moves stands before what does not. */
function grouped(events: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly [string, string])[] {
  const rows = new Map<string, string[]>()
  for (const [event, words] of events) {
    const verdict = [...words].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).join('; ') || 'untried'
    rows.set(verdict, [...(rows.get(verdict) ?? []), `\`${event}\``])
  }
  return [...rows]
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([verdict, names]) => [names.join(' '), verdict] as const)
}

const rank = (words: string): number =>
  ['→', 'stays', 'ignored', 'refused'].findIndex((start) => words.startsWith(start))
