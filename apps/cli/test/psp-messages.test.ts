import { PspError, type PspHint } from '@plugtill/psp/psp'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { mountPspMessages } from '../src/http/psp-messages.ts'

async function post(ingest: () => Promise<readonly PspHint[]>) {
  const taken: string[] = []
  const app = Fastify()
  await mountPspMessages(app, {
    path: '/messages',
    psp: { name: 'bank', ingest },
    take: async ({ eventId }) => taken.push(eventId),
    onFault: () => undefined,
  })
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/messages', payload: 'text' })
  await app.close()
  return { statusCode, body, taken }
}

test('every payment that a message of the provider is about is told', async () => {
  const answer = await post(async () => [{ eventId: 'one' }, { eventId: 'two' }])
  expect(answer).toEqual({ statusCode: 200, body: '[accepted]', taken: ['one', 'two'] })
})

test('a message that is not genuine is answered 400, and nobody is told', async () => {
  const answer = await post(async () => {
    throw new PspError('refused', 'not genuine')
  })
  expect(answer).toMatchObject({ statusCode: 400, taken: [] })
})
