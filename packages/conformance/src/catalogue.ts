/**
 * What the judge asks for: requirements and milestones as data. The texts are the files of `spec/requirements` and
 * `spec/milestones`; an unknown key or a missing one is an error, so that a typing mistake cannot empty a list.
 */
import { parse } from 'yaml'

export type Target = 'cpo' | 'ptp'
export type Keyword = 'must' | 'should' | 'advice'
export type Version = '2.3.0' | '2.2.1'

/** The six steps from nothing to a paid charge, in this order. */
export const MILESTONES = [
  'platform-registration',
  'terminal-registration',
  'locations-exchange',
  'tariffs-exchange',
  'start-session',
  'finalise-session',
] as const
export type MilestoneId = (typeof MILESTONES)[number]

/** Where a requirement comes from. The three are never mixed up: only the first two are somebody else's word. */
export interface Source {
  readonly kind: 'specification' | 'payter' | 'ours'
  /** Chapter of the specification, page of Payter's documentation, or the reason for our own default. */
  readonly at: string
}

export interface Requirement {
  /** After the chapter: `payments.terminals.post/2`. Ids stay; a new requirement gets a new one. */
  readonly id: string
  readonly module: string
  /** Which platforms have to fulfil it. */
  readonly against: readonly Target[]
  /** Interface role in which the platform under test fulfils it; absent where the role means nothing. */
  readonly role: 'SENDER' | 'RECEIVER' | undefined
  readonly versions: readonly Version[]
  readonly milestone: MilestoneId
  readonly keyword: Keyword
  /** What must be true. */
  readonly text: string
  /** Why a card payment needs it. */
  readonly why: string
  readonly source: Source
  /** What to change. */
  readonly fix: string
  /** Name of a file of `spec/requirements/examples`: how a correct message looks. */
  readonly example: string | undefined
  /** Fulfilled only with the help of a person or a device, such as plugging in a car. */
  readonly operator: boolean
}

export interface Milestone {
  readonly id: MilestoneId
  readonly title: string
  readonly modules: readonly string[]
  readonly needs: string
  /** The frozen lists of what has to hold, per platform under test. */
  readonly requirements: Readonly<Record<Target, readonly string[]>>
}

export interface Catalogue {
  readonly requirements: readonly Requirement[]
  readonly milestones: readonly Milestone[]
}

export class CatalogueError extends Error {
  override readonly name = 'CatalogueError'
}

type Raw = Readonly<Record<string, unknown>>

const REQUIREMENT_KEYS = 'id against role versions milestone keyword text why source fix example operator'.split(' ')
const ID = /^[a-z-]+(\.[a-z0-9-]+)*\/[1-9][0-9]*$/

/** One file of `spec/requirements`: `module`, `defaults` for what most of its requirements share, and `requirements`. */
export function readRequirements(text: string, file: string): readonly Requirement[] {
  const document = mapping(parse(text), file)
  onlyKeys(document, ['module', 'defaults', 'requirements'], file)
  const module = textIn(document, 'module', file)
  const defaults = document['defaults'] === undefined ? {} : mapping(document['defaults'], `${file}: defaults`)
  return listIn(document, 'requirements', file).map((entry, index) => {
    const own = mapping(entry, `${file}: requirement ${index + 1}`)
    const where = `${file}: ${typeof own['id'] === 'string' ? own['id'] : `requirement ${index + 1}`}`
    const merged = { ...defaults, ...own }
    onlyKeys(merged, REQUIREMENT_KEYS, where)
    return requirementOf(merged, module, where)
  })
}

function requirementOf(raw: Raw, module: string, where: string): Requirement {
  const id = textIn(raw, 'id', where)
  if (!ID.test(id)) throw new CatalogueError(`${where}: the id has to look like payments.terminals.post/2.`)
  const { role, versions, example, operator } = raw
  if (role !== undefined && role !== 'SENDER' && role !== 'RECEIVER')
    throw new CatalogueError(`${where}: role is "${String(role)}"; it has to be SENDER or RECEIVER.`)
  return {
    id,
    module,
    against: oneOf(listIn(raw, 'against', where), ['cpo', 'ptp'], `${where}: against`),
    role,
    versions: oneOf(
      versions === undefined ? ['2.3.0', '2.2.1'] : listIn(raw, 'versions', where),
      ['2.3.0', '2.2.1'],
      `${where}: versions`,
    ),
    milestone: word(raw, 'milestone', { of: MILESTONES, where }),
    keyword: word(raw, 'keyword', { of: ['must', 'should', 'advice'], where }),
    text: textIn(raw, 'text', where),
    why: textIn(raw, 'why', where),
    source: sourceOf(raw['source'], where),
    fix: textIn(raw, 'fix', where),
    example: example === undefined ? undefined : textIn(raw, 'example', where),
    operator: operator === true,
  }
}

/** Written as one mapping with one key, `specification: mod_cdrs › CDR Object`, so that nobody leaves the kind out. */
function sourceOf(value: unknown, where: string): Source {
  const raw = mapping(value, `${where}: source`)
  const [entry, ...others] = Object.entries(raw)
  const kinds = ['specification', 'payter', 'ours'] as const
  const kind = kinds.find((one) => one === entry?.[0])
  if (kind === undefined || others.length > 0 || typeof entry?.[1] !== 'string' || entry[1] === '')
    throw new CatalogueError(`${where}: source has to be one of specification, payter or ours, with the place as text.`)
  return { kind, at: entry[1] }
}

/** One file of `spec/milestones`. */
export function readMilestone(text: string, file: string): Milestone {
  const raw = mapping(parse(text), file)
  onlyKeys(raw, ['id', 'title', 'modules', 'needs', 'cpo', 'ptp'], file)
  return {
    id: word(raw, 'id', { of: MILESTONES, where: file }),
    title: textIn(raw, 'title', file),
    modules: listIn(raw, 'modules', file).map(String),
    needs: textIn(raw, 'needs', file),
    requirements: { cpo: listIn(raw, 'cpo', file).map(String), ptp: listIn(raw, 'ptp', file).map(String) },
  }
}

/** Puts the files together and finds what contradicts itself between them. */
export function catalogueOf(requirements: readonly Requirement[], milestones: readonly Milestone[]): Catalogue {
  const byId = new Map<string, Requirement>()
  for (const one of requirements) {
    if (byId.has(one.id)) throw new CatalogueError(`${one.id} stands in the catalogue twice.`)
    byId.set(one.id, one)
  }
  const ordered = MILESTONES.map((id) => {
    const found = milestones.find((one) => one.id === id)
    if (found === undefined) throw new CatalogueError(`There is no milestone ${id}.`)
    return found
  })
  for (const { id, requirements: lists } of ordered) {
    for (const target of ['cpo', 'ptp'] as const) {
      for (const name of lists[target]) {
        const one = byId.get(name)
        if (one === undefined || one.milestone !== id || !one.against.includes(target))
          throw new CatalogueError(`Milestone ${id} asks a ${target} for ${name}, which is no such requirement of it.`)
      }
      const left = requirements.find(
        (one) => one.milestone === id && one.against.includes(target) && !lists[target].includes(one.id),
      )
      if (left !== undefined) throw new CatalogueError(`Milestone ${id} leaves out ${left.id} for a ${target}.`)
    }
  }
  return { requirements, milestones: ordered }
}

function mapping(value: unknown, where: string): Raw {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CatalogueError(`${where} has to be a mapping.`)
  return value as Raw
}

function onlyKeys(raw: Raw, known: readonly string[], where: string): void {
  const odd = Object.keys(raw).find((key) => !known.includes(key))
  if (odd !== undefined) throw new CatalogueError(`${where}: "${odd}" is not known here. Known: ${known.join(', ')}.`)
}

function textIn(raw: Raw, key: string, where: string): string {
  const value = raw[key]
  if (typeof value !== 'string' || value.trim() === '') throw new CatalogueError(`${where}: ${key} has to be text.`)
  return value.trim()
}

function listIn(raw: Raw, key: string, where: string): readonly unknown[] {
  const value = raw[key]
  if (!Array.isArray(value)) throw new CatalogueError(`${where}: ${key} has to be a list.`)
  return value
}

function word<W extends string>(
  raw: Raw,
  key: string,
  { of, where }: { readonly of: readonly W[]; readonly where: string },
): W {
  const found = of.find((one) => one === raw[key])
  if (found === undefined)
    throw new CatalogueError(`${where}: ${key} is "${String(raw[key])}"; it has to be one of ${of.join(', ')}.`)
  return found
}

function oneOf<W extends string>(values: readonly unknown[], of: readonly W[], where: string): readonly W[] {
  if (values.length === 0) throw new CatalogueError(`${where} is empty.`)
  return values.map((value) => {
    const found = of.find((one) => one === value)
    if (found === undefined) throw new CatalogueError(`${where}: "${String(value)}" is none of ${of.join(', ')}.`)
    return found
  })
}
