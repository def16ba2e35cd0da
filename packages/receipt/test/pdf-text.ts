/** Reads the text of a PDF back, by its fonts' own tables: what a reader would copy from it. */
import { inflateSync } from 'node:zlib'

export interface PdfRead {
  readonly text: string
  readonly pages: number
  readonly files: readonly string[]
}

export function readPdf(bytes: Uint8Array): PdfRead {
  const source = Buffer.from(bytes).toString('latin1')
  const objects = new Map<string, string>()
  for (const [, id = '', body = ''] of source.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) objects.set(id, body)
  const streamOf = (id: string): string => {
    const body = objects.get(id) ?? ''
    const data = /stream\r?\n([\s\S]*?)\r?\nendstream/.exec(body)?.[1] ?? ''
    const raw = Buffer.from(data, 'latin1')
    return (body.includes('FlateDecode') ? inflateSync(raw) : raw).toString('latin1')
  }
  const fonts = new Map<string, readonly string[]>()
  const pages = [...objects.values()].filter((body) => /\/Type \/Page\b(?!s)/.test(body))
  const lines: string[] = []
  for (const page of pages) {
    const resources = objects.get(/\/Resources (\d+) 0 R/.exec(page)?.[1] ?? '') ?? page
    for (const [, name = '', id = ''] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g))
      fonts.set(name, signsOf(streamOf(/\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1] ?? '')))
    lines.push(...linesOf(streamOf(/\/Contents (\d+) 0 R/.exec(page)?.[1] ?? ''), fonts))
  }
  const files = [...objects.entries()]
    .filter(([, body]) => body.includes('/Type /EmbeddedFile'))
    .map(([id]) => streamOf(id))
  return { text: lines.join('\n'), pages: pages.length, files }
}

/** Glyph -> text, from a ToUnicode table. */
function signsOf(table: string): readonly string[] {
  const signs: string[] = []
  for (const [, first = '0', list = ''] of table.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi))
    for (const [index, [, code = '']] of [...list.matchAll(/<([0-9a-f ]*)>/gi)].entries())
      signs[Number.parseInt(first, 16) + index] = Buffer.from(code.replaceAll(' ', ''), 'hex')
        .swap16()
        .toString('utf16le')
  return signs
}

function linesOf(content: string, fonts: ReadonlyMap<string, readonly string[]>): readonly string[] {
  let signs: readonly string[] = []
  const lines: string[] = []
  for (const [, font, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (font !== undefined) signs = fonts.get(font) ?? []
    else
      lines.push(
        [...(shown ?? '').matchAll(/<([0-9a-f]*)>/gi)]
          .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
          .map((glyph) => signs[Number.parseInt(glyph, 16)] ?? '')
          .join(''),
      )
  }
  return lines
}
