/** The pages of the catalogue by module: what is asked of a platform, why, and how a correct message looks. */
import type { Catalogue, Requirement, Target, Version } from '@plugtill/conformance/catalogue'
import { type Example, exampleIn } from '@plugtill/conformance/example'
import type { AdminAnswer, AdminCall, AdminRoute } from '@plugtill/engine/admin'

const VERSIONS: readonly Version[] = ['2.3.0', '2.2.1']

interface ModuleParts {
  readonly catalogue: Catalogue
  readonly examples: () => ReadonlyMap<string, Example>
}

export function moduleRoute(parts: ModuleParts): AdminRoute {
  return {
    method: 'GET',
    path: '/modules/:role/:module',
    summary: 'What is asked of a cpo or a ptp in one module: the rules, with correct messages',
    run: async (call) => answerOf(parts, call),
  }
}

function answerOf({ catalogue, examples }: ModuleParts, { params }: AdminCall): AdminAnswer {
  const { role, module = '' } = params
  const rules =
    role === 'cpo' || role === 'ptp'
      ? catalogue.requirements.filter((one) => one.module === module && one.against.includes(role as Target))
      : []
  if (rules.length === 0) {
    const message = `Nothing is asked of a "${role}" in a module "${module}". docs/reference/requirements lists them.`
    return { status: 404, body: { error: 'not-found', message } }
  }
  const asked = new Set(rules.map(({ milestone }) => milestone))
  const named = [...new Set(rules.flatMap(({ example }) => example ?? []))]
  return {
    body: {
      module,
      role,
      milestones: catalogue.milestones.filter(({ id }) => asked.has(id)).map(({ id, title }) => ({ id, title })),
      rules: rules.map(ruleOf),
      examples: Object.fromEntries(named.map((name) => [name, inBoth(examples().get(name))])),
    },
  }
}

const ruleOf = ({ id, milestone, keyword, text, why, fix, source, versions, example }: Requirement) => ({
  ...{ id, milestone, keyword, text, why, fix, source, versions },
  example: example ?? null,
})

/** Once, where both versions say it alike. */
function inBoth(example: Example | undefined): Readonly<Record<string, Example>> {
  if (example === undefined) return {}
  const [now, before] = VERSIONS.map((version) => exampleIn(example, version))
  if (now === undefined || before === undefined) return {}
  return JSON.stringify(now) === JSON.stringify(before)
    ? { [VERSIONS.join(', ')]: now }
    : Object.fromEntries(VERSIONS.map((version) => [version, version === '2.3.0' ? now : before]))
}
