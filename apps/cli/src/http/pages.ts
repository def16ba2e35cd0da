/** The web app: four pages and their assets. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { linkPath } from '@plugtill/terminal/link'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { PAGE_HEADERS } from './guard.ts'
import { keyCookie, kioskPath, layoutIn, type TerminalKeys } from './terminal-key.ts'

const YEAR_S = 31_536_000

export interface Pages {
  /** apps/web/dist */
  readonly folder: string
  readonly publicUrl: string
  readonly keys?: TerminalKeys
}

interface Kiosk {
  Params: { id: string }
  Querystring: { key?: unknown; layout?: unknown }
}

export async function mountPages(app: FastifyInstance, { folder, publicUrl, keys }: Pages): Promise<void> {
  const page = (file: string) => (_request: unknown, reply: FastifyReply) => sendPage(reply, join(folder, file))
  app.get('/', page('index.html'))
  app.get('/account', (_request, reply) => reply.redirect('/account/', 308))
  app.get('/account/', page('account.html'))
  app.get('/console', (_request, reply) => reply.redirect('/console/', 308))
  app.get('/console/*', page('console.html'))
  app.get<Kiosk>('/terminal/:id', ({ params, query }, reply) => {
    const { key } = query
    if (key === undefined) return sendPage(reply, join(folder, 'kiosk.html'))
    // The key leaves the address bar at once: it stays in no history and on no photo of the screen.
    if (keys && typeof key === 'string' && keys.fits(params.id, key))
      reply.header('set-cookie', keyCookie(linkPath('/ptp', params.id), key, publicUrl))
    return reply.header('cache-control', 'no-store').redirect(kioskPath(params.id, undefined, layoutIn(query)), 303)
  })
  const assets = join(folder, 'assets')
  if (!existsSync(assets)) return
  const { fastifyStatic } = await import('@fastify/static')
  await app.register(fastifyStatic, {
    root: assets,
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    dotfiles: 'deny',
    maxAge: YEAR_S * 1000,
    immutable: true,
    preCompressed: true,
    setHeaders: (reply) => void reply.headers(PAGE_HEADERS),
  })
}

async function sendPage(reply: FastifyReply, file: string): Promise<FastifyReply> {
  try {
    const html = await readFile(file, 'utf8')
    return reply
      .headers({ ...PAGE_HEADERS, 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(html)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return reply
      .code(503)
      .headers(PAGE_HEADERS)
      .type('text/plain; charset=utf-8')
      .send('The web app is not built: run "npm run build" in the clone. The APIs work without it.\n')
  }
}
