/**
 * Enough YAML for OpenAPI documents: block mappings and lists, quoted and plain words, flow lists of words, literal
 * text. Anchors, tags, folded text and flow mappings are not read; a line that is not understood is an error.
 */

type Yaml = string | number | boolean | null | readonly Yaml[] | { readonly [name: string]: Yaml }

interface Line {
  readonly indent: number
  readonly text: string
  readonly number: number
}

interface Reader {
  readonly lines: readonly Line[]
  readonly raw: readonly string[]
  at: number
}

export function readYaml(text: string): unknown {
  const raw = text.split(/\r?\n/)
  const lines = raw.flatMap((line, index): readonly Line[] => {
    const content = line.trim()
    if (content === '' || content.startsWith('#') || content === '---') return []
    return [{ indent: line.length - line.trimStart().length, text: content, number: index }]
  })
  const reader: Reader = { lines, raw, at: 0 }
  return block(reader, lines[0]?.indent ?? 0)
}

function block(reader: Reader, indent: number): Yaml {
  return reader.lines[reader.at]?.text.match(/^-( |$)/) ? list(reader, indent) : mapping(reader, indent)
}

function list(reader: Reader, indent: number): Yaml {
  const items: Yaml[] = []
  for (
    let line = reader.lines[reader.at];
    line?.indent === indent && /^-( |$)/.test(line.text);
    line = reader.lines[reader.at]
  ) {
    const rest = line.text.slice(1).trimStart()
    const inner = indent + line.text.length - rest.length
    if (rest === '') {
      reader.at += 1
      items.push(block(reader, reader.lines[reader.at]?.indent ?? 0))
    } else if (pairOf(rest) === undefined) {
      reader.at += 1
      items.push(word(rest))
    } else {
      // "- name: value" begins a mapping whose other lines stand below its name.
      ;(reader.lines as Line[])[reader.at] = { ...line, indent: inner, text: rest }
      items.push(mapping(reader, inner))
    }
  }
  return items
}

function mapping(reader: Reader, indent: number): Yaml {
  const entries = new Map<string, Yaml>()
  for (let line = reader.lines[reader.at]; line?.indent === indent; line = reader.lines[reader.at]) {
    const pair = pairOf(line.text)
    if (pair === undefined) throw new Error(`Line ${line.number + 1} is not understood: ${line.text}`)
    reader.at += 1
    entries.set(pair.name, valueBehind(reader, pair.rest, line))
  }
  return Object.fromEntries(entries)
}

function valueBehind(reader: Reader, rest: string, line: Line): Yaml {
  if (/^[|>][+-]?$/.test(rest)) return literal(reader, line)
  if (rest !== '') return word(rest)
  const next = reader.lines[reader.at]
  const isList = next?.indent === line.indent && /^-( |$)/.test(next.text)
  if (next === undefined || (next.indent <= line.indent && !isList)) return null
  return block(reader, next.indent)
}

function literal(reader: Reader, { indent, number }: Line): string {
  const lines: string[] = []
  for (const line of reader.raw.slice(number + 1)) {
    if (line.trim() !== '' && line.length - line.trimStart().length <= indent) break
    lines.push(line.trim())
  }
  while ((reader.lines[reader.at]?.number ?? Number.POSITIVE_INFINITY) <= number + lines.length) reader.at += 1
  return lines.join('\n')
}

/** `name: rest`, where the name may be quoted. */
function pairOf(text: string): { readonly name: string; readonly rest: string } | undefined {
  const found = /^(?:"([^"]*)"|'([^']*)'|([^\s"'[{#&*!|>][^#]*?)):(?: +(.*))?$/.exec(text)
  if (found === null) return undefined
  const [, double, single, plain, rest = ''] = found
  return {
    name: double ?? single ?? plain ?? '',
    rest: /^["']/.test(rest) ? rest : rest.replace(/(^| +)#.*$/, '').trim(),
  }
}

function word(text: string): Yaml {
  const quoted = /^"(.*)"(?: *#.*)?$|^'(.*)'(?: *#.*)?$/.exec(text)
  if (quoted !== null)
    return quoted[1] === undefined ? (quoted[2] ?? '').replaceAll("''", "'") : (JSON.parse(`"${quoted[1]}"`) as string)
  if (text === '[]') return []
  if (text === '{}') return {}
  if (/^\[.*\]$/.test(text))
    return text
      .slice(1, -1)
      .split(',')
      .map((one) => word(one.trim()))
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null' || text === '~') return null
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
