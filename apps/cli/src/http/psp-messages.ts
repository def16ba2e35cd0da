/** Where the payment provider sends its messages: raw bytes in, a short word out. Genuine or nothing. (T34) */
import { Fault } from '@plugtill/engine/fault'
import { type Psp, PspError, type PspHint } from '@plugtill/psp/psp'
import type { FastifyInstance } from 'fastify'
import { COMMON_HEADERS } from './guard.ts'

export interface PspMessages {
  /** `/ptp/psp/webhooks` */
  readonly path: string
  readonly psp: Pick<Psp, 'ingest' | 'name'>
  /** One payment that a genuine message is about. */
  readonly take: (hint: PspHint) => Promise<unknown>
  /** Once for every message that was not taken. */
  readonly onFault: (fault: Fault) => void
}

const BODY_BYTES = 512 * 1024

export async function mountPspMessages(app: FastifyInstance, messages: PspMessages): Promise<void> {
  const { path, psp, take, onFault } = messages
  await app.register(async (room) => {
    // The signature is over the bytes as they came.
    room.removeAllContentTypeParsers()
    room.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_BYTES }, (_request, text, done) =>
      done(null, text),
    )
    room.post(path, async (request, reply) => {
      reply.headers(COMMON_HEADERS)
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
      )
      try {
        for (const hint of await psp.ingest({ body: String(request.body ?? ''), headers })) await take(hint)
        // The word that Adyen waits for; the others look at the status only.
        return reply.type('text/plain; charset=utf-8').send('[accepted]')
      } catch (error) {
        if (!(error instanceof PspError)) throw error
        onFault(new Fault('PSP_MESSAGE_REFUSED', `${psp.name}: ${error.message}`))
        // Away: the provider shall send it again. Refused: it need not.
        const status = error.kind === 'refused' ? 400 : 503
        return reply.code(status).send({ error: error.kind, message: error.message })
      }
    })
  })
}
