/** A JSON body for people, with the field that is wrong marked, and only the lines around it. */

export interface MarkedLine {
  readonly text: string
  /** This is the line of the field. */
  readonly marked: boolean
}

const AROUND = 3
const LONGEST_LINE = 100
/** Larger bodies are shown from the start only. */
const MOST_LINES = 5_000

/**
 * Pretty lines of `body` around the value at the JSON pointer. When the field is not there, its nearest parent that is
 * gets the mark; without a pointer the first lines come back unmarked.
 */
export function markedLines(body: unknown, pointer: string | null): readonly MarkedLine[] {
  const lines: { text: string; pointer: string }[] = []
  print(body, { pointer: '', indent: 0, lead: '', tail: '' }, lines)
  const at = pointer === null ? -1 : nearest(lines, pointer)
  const from = at < 0 ? 0 : Math.max(0, at - AROUND)
  const to = at < 0 ? AROUND * 2 : at + AROUND
  const shown = lines.slice(from, to + 1).map((line, index) => ({ text: cut(line.text), marked: from + index === at }))
  return [
    ...(from > 0 ? [{ text: '…', marked: false }] : []),
    ...shown,
    ...(to + 1 < lines.length ? [{ text: '…', marked: false }] : []),
  ]
}

interface Place {
  readonly pointer: string
  readonly indent: number
  readonly lead: string
  readonly tail: string
}

function print(value: unknown, at: Place, lines: { text: string; pointer: string }[]): void {
  if (lines.length >= MOST_LINES) return
  const { pointer, indent, lead, tail } = at
  const pad = '  '.repeat(indent)
  const entries = entriesOf(value)
  if (entries === undefined || entries.length === 0) {
    lines.push({ text: `${pad}${lead}${JSON.stringify(value) ?? ''}${tail}`, pointer })
    return
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  lines.push({ text: `${pad}${lead}${open}`, pointer })
  for (const [index, [name, inner]] of entries.entries()) {
    const place = {
      pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      indent: indent + 1,
      lead: Array.isArray(value) ? '' : `${JSON.stringify(name)}: `,
      tail: index === entries.length - 1 ? '' : ',',
    }
    print(inner, place, lines)
  }
  lines.push({ text: `${pad}${close}${tail}`, pointer: '\0' })
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value)
}

function nearest(lines: readonly { readonly pointer: string }[], pointer: string): number {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const index = lines.findIndex((line) => line.pointer === at)
    if (index >= 0 || at === '') return index
  }
}

const cut = (text: string): string => (text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text)
