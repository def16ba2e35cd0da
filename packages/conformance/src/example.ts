/** Example messages of the catalogue: written once in 2.3.0, said in both versions. */
import { type Finding, validatorOf } from '@plugtill/ocpi/validate'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import type { Version } from './catalogue.ts'
import { CARRIED, type Kind, LISTS, SHAPES } from './kinds.ts'

/** One file of `spec/requirements/examples`. */
export interface Example {
  /** Row of the endpoint tables, such as `payments.postTerminal`. */
  readonly place: string
  readonly method: string
  /** Path and query; the version stands in it where there is one. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly answer?: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    /** OCPI status; default 1000. */
    readonly status_code?: number
    readonly data?: unknown
  }
}

/** The example in the words of a version; throws when the version has none for it. */
export function exampleIn(example: Example, version: Version): Example {
  const { question, answer } = CARRIED[example.place] ?? {}
  const data = example.answer?.data
  const list = LISTS.has(example.place) && Array.isArray(data)
  const said: Example = {
    ...example,
    ...(example.body === undefined ? {} : { body: lowered(question, example.body, version) }),
    ...(example.answer === undefined || data === undefined
      ? {}
      : {
          answer: {
            ...example.answer,
            data: list ? data.map((item) => lowered(answer, item, version)) : lowered(answer, data, version),
          },
        }),
  }
  // The list of versions names both; everywhere else the version stands in URLs.
  if (version === '2.3.0' || example.place === 'versions.versions') return said
  return JSON.parse(JSON.stringify(said).replaceAll('2.3.0', version)) as Example
}

function lowered(kind: Kind | undefined, value: unknown, version: Version): unknown {
  if (kind === undefined) return value
  const { value: said } = codecOf(version).write(SHAPES[kind], value, { payments: true })
  if (said === undefined) throw new Error(`This ${kind} cannot be said in ${version}.`)
  return said
}

/** What is wrong with the messages of an example, in a version. */
export function exampleFindings(example: Example, version: Version): readonly Finding[] {
  const said = exampleIn(example, version)
  const { question, answer } = CARRIED[example.place] ?? {}
  const data = said.answer?.data
  const items = LISTS.has(example.place) && Array.isArray(data) ? data : [data]
  return [
    ...(said.body === undefined ? [] : findingsOf(question, said.body, version)),
    ...(data === undefined ? [] : items.flatMap((item) => findingsOf(answer, item, version))),
  ]
}

function findingsOf(kind: Kind | undefined, value: unknown, version: Version): readonly Finding[] {
  if (kind === undefined) return []
  return validatorOf(codecOf(version).shapeOf(SHAPES[kind], { payments: true })).findings(value)
}
