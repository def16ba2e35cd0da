/** One module as the judge asks for it: every rule with its reason and its fix, and how a correct message looks. */

import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import { Go } from '../parts/go.tsx'
import { Json } from '../parts/json.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Prose } from '../parts/prose.tsx'
import { State } from '../parts/state.tsx'
import { Code } from '../parts/values.tsx'
import { useQuery } from '../routes.ts'

interface ModuleRule {
  readonly id: string
  readonly milestone: string
  readonly keyword: 'must' | 'should' | 'advice'
  readonly text: string
  readonly why: string
  readonly fix: string
  readonly source: { readonly kind: string; readonly at: string }
  readonly versions: readonly string[]
  readonly example: string | null
}

interface ExampleMessage {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly answer?: { readonly status: number; readonly data?: unknown }
}

interface ModuleInfo {
  readonly module: string
  readonly milestones: readonly { readonly id: string; readonly title: string }[]
  readonly rules: readonly ModuleRule[]
  /** By name, then by version. */
  readonly examples: Readonly<Record<string, Readonly<Record<string, ExampleMessage>>>>
}

interface ModuleProps {
  readonly role: 'cpo' | 'ptp'
  readonly module: string
}

export function ModulePage({ role, module }: ModuleProps): ReactNode {
  const t = texts().milestones
  const reading = useLive<ModuleInfo>(`/judge/api/modules/${role}/${pathPart(module)}`, [])
  const [{ rule: wanted }] = useQuery()
  const info = reading.data
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'milestones' }}>{texts().pages.milestones.title}</Go>
      </p>
      <PageHead title={t.moduleOf(module, t.roles[role])} lead={t.moduleLead(t.roles[role])} />
      {info === undefined ? (
        <Panel title={module} reading={reading} empty={reading.absent && t.noModule}>
          {null}
        </Panel>
      ) : null}
      {info?.milestones.map(({ id, title }) => (
        <Panel key={id} title={title}>
          {info.rules
            .filter(({ milestone }) => milestone === id)
            .map((rule) => (
              <ModuleRuleView key={rule.id} rule={rule} info={info} wanted={rule.id === wanted} />
            ))}
        </Panel>
      ))}
    </>
  )
}

interface RuleProps {
  readonly rule: ModuleRule
  readonly info: ModuleInfo
  /** The one that the link was about. */
  readonly wanted: boolean
}

function ModuleRuleView({ rule, info, wanted }: RuleProps): ReactNode {
  const t = texts().milestones
  const [open, setOpen] = useState(wanted)
  useEffect(() => {
    if (wanted) document.getElementById(`rule-${rule.id}`)?.scrollIntoView({ block: 'center' })
  }, [wanted, rule.id])
  const pairs: readonly (readonly [string, string])[] = [
    [t.why, rule.why],
    [t.fix, rule.fix],
    [t.source, `${rule.source.kind}: ${rule.source.at}`],
  ]
  return (
    <details
      className="rule"
      id={`rule-${rule.id}`}
      data-testid={`module-rule-${rule.id}`}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary aria-current={wanted ? 'true' : undefined}>
        <State name={t.keywords[rule.keyword]} tone={rule.keyword === 'must' ? 'live' : 'calm'} />
        <span className="rule-text">
          <Prose text={rule.text} /> {rule.versions.length === 1 ? t.only(rule.versions[0] ?? '') : null}
        </span>
        <Code>{rule.id}</Code>
      </summary>
      <dl className="pairs">
        {pairs.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Prose text={value} />
            </dd>
          </div>
        ))}
      </dl>
      {open && rule.example !== null ? <Examples said={info.examples[rule.example] ?? {}} /> : null}
    </details>
  )
}

function Examples({ said }: { readonly said: Readonly<Record<string, ExampleMessage>> }): ReactNode {
  return (
    <div className="messages">
      {Object.entries(said).map(([version, message]) => (
        <section className="message" key={version}>
          <h3>
            {texts().milestones.examples}, {version}
          </h3>
          <p>
            <Code>{`${message.method} ${message.path}`}</Code>
          </p>
          <Json value={message} label={`${texts().milestones.examples}, ${version}`} />
        </section>
      ))}
    </div>
  )
}
