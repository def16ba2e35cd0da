/** An OCPI entrance on Fastify: bytes in, bytes out. All rules are the OCPI server's own, also those about size and media type. */

import { isAscii } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { headersOf } from '@plugtill/ocpi/node-http'
import type { Serve, WireRequest } from '@plugtill/ocpi/wire'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { COMMON_HEADERS } from './guard.ts'

/** One byte more than the OCPI server reads, so that it is the one who says so. (T26) */
const ENOUGH_BYTES = 1_000_001
/** What a sender may still push while it is told that this is too much. */
const DRAIN_BYTES = 16_000_000

export interface Entrance {
  /** `/ptp/ocpi` */
  readonly path: string
  readonly publicUrl: string
  readonly serve: Serve
}

export async function mountOcpi(app: FastifyInstance, entrance: Entrance): Promise<void> {
  await app.register(async (room) => {
    // Answered before Fastify judges media types and lengths.
    room.addHook('onRequest', (request, reply) => serveOcpi(entrance, request, reply))
    for (const url of [entrance.path, `${entrance.path}/*`]) room.all(url, (_request, reply) => reply)
  })
}

/** Also for requests that Fastify could not route because their path cannot be decoded. */
export async function serveOcpi(
  { publicUrl, serve }: Entrance,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const bytes = await readSome(request.raw)
  const { status, headers, body } = await serve({
    // A method OCPI does not know is answered 405 by the server.
    method: request.method as WireRequest['method'],
    url: publicUrl + (request.raw.url ?? '/'),
    headers: headersOf(request.raw),
    body: bytes.toString('utf8'),
    ascii: isAscii(bytes),
  })
  return reply
    .code(status)
    .headers({ ...COMMON_HEADERS, 'cache-control': 'no-store', ...headers })
    .send(body)
}

/** The whole body, or the first bytes of one that is too large. Bytes that are no UTF-8 become U+FFFD, which is no JSON key of ours. */
function readSome(stream: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let kept = 0
    let seen = 0
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.length
      if (kept < ENOUGH_BYTES) {
        const part = chunk.subarray(0, ENOUGH_BYTES - kept)
        chunks.push(part)
        kept += part.length
      }
      if (seen > DRAIN_BYTES) stream.destroy()
    })
    stream.on('end', () => resolve(Buffer.concat(chunks)))
    // The sender went away or sent far too much: nobody is left to answer, and nothing broke here.
    const over = () => reject(Object.assign(new Error('The request ended before its body.'), { statusCode: 400 }))
    stream.on('error', over)
    stream.on('close', over)
  })
}
