/** How many bytes a page of the web app brings, as they travel. Run by `npm run check`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

interface Limit {
  /** All scripts, the ones that are loaded later too. */
  readonly script: number
  /** All that the page may bring before anybody has done anything: HTML, styles, scripts, fonts. */
  readonly whole: number
}

/** A terminal on a mobile connection has to be there within a second or two. In bytes after gzip; fonts are compressed already. */
export const LIMITS: Readonly<Record<string, Limit>> = {
  'kiosk.html': { script: 120_000, whole: 120_000 },
  'console.html': { script: 250_000, whole: 250_000 },
  'index.html': { script: 120_000, whole: 250_000 },
  'account.html': { script: 120_000, whole: 250_000 },
}

export interface Weight {
  readonly page: string
  readonly what: keyof Limit
  readonly bytes: number
  readonly limit: number
}

/** `read` gives a file of the built app by its path below the folder. */
export function weights(read: (path: string) => Uint8Array): readonly Weight[] {
  return Object.entries(LIMITS).flatMap(([page, limits]) => {
    const scripts = scriptsOf(page, read)
    const styles = stylesOf(page, scripts, read)
    const script = sum(scripts, read)
    const whole = script + sum([page, ...styles, ...imagesOf(page, read), ...fontsOf(styles, read)], read)
    return [
      { page, what: 'script', bytes: script, limit: limits.script },
      { page, what: 'whole', bytes: whole, limit: limits.whole },
    ]
  })
}

const sum = (paths: readonly string[], read: (path: string) => Uint8Array): number =>
  paths.reduce((all, path) => all + sizeOf(path, read(path)), 0)

const sizeOf = (path: string, bytes: Uint8Array): number =>
  path.endsWith('.woff2') ? bytes.length : gzipSync(bytes, { level: 9 }).length

/** Scripts that the page names, and all that they import, now or later. */
function scriptsOf(page: string, read: (path: string) => Uint8Array): readonly string[] {
  const found = new Set<string>()
  const visit = (path: string) => {
    if (found.has(path)) return
    found.add(path)
    for (const [, name = ''] of text(read(path)).matchAll(/["'`]\.\/([\w.-]+\.js)["'`]/g)) visit(`assets/${name}`)
  }
  for (const path of namedIn(page, 'js', read)) visit(path)
  if (found.size === 0) throw new Error(`${page} names no script. Run "npm run build" first.`)
  return [...found]
}

/** Styles that the page names, and those that its scripts bring. */
function stylesOf(page: string, scripts: readonly string[], read: (path: string) => Uint8Array): readonly string[] {
  const later = scripts.flatMap((path) =>
    [...text(read(path)).matchAll(/["'`](assets\/[\w.-]+\.css)["'`]/g)].map(([, name = '']) => name),
  )
  return [...new Set([...namedIn(page, 'css', read), ...later])]
}

const imagesOf = (page: string, read: (path: string) => Uint8Array): readonly string[] => namedIn(page, 'svg', read)

/** Fonts for letters that every page has. Those for other scripts come only where such a text stands. */
function fontsOf(styles: readonly string[], read: (path: string) => Uint8Array): readonly string[] {
  const faces = styles.flatMap((path) => text(read(path)).match(/@font-face\s*\{[^}]*\}/g) ?? [])
  const usual = faces.filter((face) => !face.includes('unicode-range') || /U\+(\?\?|0000-00FF|0-FF)/i.test(face))
  return usual.flatMap((face) => [...face.matchAll(/url\(["']?\/?(assets\/[\w.-]+)/g)].map(([, path = '']) => path))
}

const namedIn = (page: string, kind: string, read: (path: string) => Uint8Array): readonly string[] =>
  [...text(read(page)).matchAll(/(?:src|href)="\/?(assets\/[\w.-]+)"/g)]
    .map(([, path = '']) => path)
    .filter((path) => path.endsWith(`.${kind}`))

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

if (import.meta.main) {
  const dist = join(import.meta.dirname, '..', 'apps', 'web', 'dist')
  const all = weights((path) => readFileSync(join(dist, path)))
  for (const { page, what, bytes, limit } of all)
    process.stdout.write(
      `${bytes > limit ? 'TOO HEAVY ' : ''}${page}: ${bytes} of ${limit} bytes ${what === 'script' ? 'of script' : 'with styles, page and fonts'} (gzip)\n`,
    )
  process.exitCode = all.some(({ bytes, limit }) => bytes > limit) ? 1 : 0
}
