/** docs/reference/errors.md names every code that the source gives, and no other. */
import { isTest, type Tree } from '../tidy/source.ts'

const page = 'docs/reference/errors.md'

interface Family {
  /** Heading of the page below which the codes stand, first in their table row. */
  readonly heading: string
  readonly codesOf: (text: string) => readonly string[]
}

const groups = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].flatMap((match) => match.slice(1).filter((code) => code !== undefined))

/** A fault is made in place, or its code is chosen first: `const code = … ? 'A_B' : 'C_D'`. */
const faultsOf = (text: string): readonly string[] => [
  ...groups(text, /\b(?:Wire)?[Ff]ault(?:Of)?\(\s*'?([A-Z][A-Z_]+)'?,/g),
  ...groups(text, /\b(?:alarm|aside)\(\s*'([A-Z]+_[A-Z_]+)'/g),
  ...groups(text, /\bcode: '([A-Z]+_[A-Z_]+|UNKNOWN)'/g),
  ...groups(text, /\bconst code = ([^\n]*)/g).flatMap((line) => groups(line, /'([A-Z][A-Z_]+)'/g)),
]

const FAMILIES: readonly Family[] = [
  { heading: 'Faults', codesOf: faultsOf },
  {
    heading: 'OCPI status codes',
    codesOf: (text) =>
      groups(text, /\b(?:OcpiError\(\s*|HttpRefusal\(\s*\d{3},\s*|statusCode(?::|: statusCode \?\?) )(\d{4})\b/g),
  },
  { heading: 'Reconciliation', codesOf: (text) => groups(text, /\b(?:differs|different)\(\s*'([A-Z]+_[A-Z_]+)'/g) },
  { heading: 'Refusals', codesOf: (text) => groups(text, /\bnew Refusal\(\s*'([a-z-]+)'/g) },
  {
    heading: 'Admin API',
    codesOf: (text) => groups(text, /\berror: (?:[^,'\n]*\? )?'([a-z-]+)'(?: : '([a-z-]+)')?(?=,| \||$)/gm),
  },
]

/** First column of the tables below a heading. */
function namedBelow(text: string, heading: string): ReadonlySet<string> {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return new Set(groups(section, /^\| `([^`]+)` \|/gm))
}

export function errorFindings(tree: Tree): readonly string[] {
  const text = tree.get(page)
  if (text === undefined) return [`${page}: missing.`]
  const sources = [...tree].filter(([path]) => /^(packages|apps)\/[^/]+\/src\/.*\.tsx?$/.test(path) && !isTest(path))
  return FAMILIES.flatMap(({ heading, codesOf }) => {
    const given = new Map(sources.flatMap(([path, source]) => codesOf(source).map((code) => [code, path] as const)))
    const named = namedBelow(text, heading)
    return [
      ...[...given]
        .filter(([code]) => !named.has(code))
        .map(([code, path]) => `${page}: "${heading}" does not explain ${code} of ${path}.`),
      ...[...named]
        .filter((code) => !given.has(code))
        .map((code) => `${page}: "${heading}" explains ${code}, which nobody gives.`),
    ]
  })
}
