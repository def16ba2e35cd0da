/** How many bytes of script a page of the web app brings, as they travel. Run by `npm run check`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** A terminal on a mobile connection has to be there within a second or two. In bytes after gzip. */
export const LIMITS: Readonly<Record<string, number>> = {
  'kiosk.html': 120_000,
  'console.html': 250_000,
  'index.html': 120_000,
  'account.html': 120_000,
}

export interface Weight {
  readonly page: string
  readonly bytes: number
  readonly limit: number
}

/** `read` gives a file of the built app by its path below the folder. */
export function weights(read: (path: string) => Uint8Array): readonly Weight[] {
  return Object.entries(LIMITS).map(([page, limit]) => {
    const bytes = scriptsOf(page, read).reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0)
    return { page, bytes, limit }
  })
}

/** Scripts that the page names, and all that they import, now or later. */
function scriptsOf(page: string, read: (path: string) => Uint8Array): readonly string[] {
  const found = new Set<string>()
  const visit = (path: string) => {
    if (found.has(path)) return
    found.add(path)
    for (const [, name = ''] of text(read(path)).matchAll(/["'`]\.\/([\w.-]+\.js)["'`]/g)) visit(`assets/${name}`)
  }
  for (const [, path = ''] of text(read(page)).matchAll(/(?:src|href)="\/?(assets\/[\w.-]+\.js)"/g)) visit(path)
  if (found.size === 0) throw new Error(`${page} names no script. Run "npm run build" first.`)
  return [...found]
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

if (import.meta.main) {
  const dist = join(import.meta.dirname, '..', 'apps', 'web', 'dist')
  const all = weights((path) => readFileSync(join(dist, path)))
  for (const { page, bytes, limit } of all)
    process.stdout.write(`${bytes > limit ? 'TOO HEAVY ' : ''}${page}: ${bytes} of ${limit} bytes of script (gzip)\n`)
  process.exitCode = all.some(({ bytes, limit }) => bytes > limit) ? 1 : 0
}
