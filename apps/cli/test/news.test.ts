import { setTimeout as sleep } from 'node:timers/promises'
import { createChanges, terminalTopic } from '@plugtill/ptp/changes'
import type { Ptp } from '@plugtill/ptp/ptp'
import type { PaymentView } from '@plugtill/terminal/link'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { createStreams } from '../src/http/events.ts'
import { mountLink } from '../src/http/link.ts'

type State = PaymentView['state']

/** A platform that knows of these payments, and lists those of them that are `recent`. */
async function platform(payments: Map<string, State>, recent: Set<string>) {
  const isFinal = (reference: string) => ['voided', 'captured', 'declined'].includes(payments.get(reference) ?? '')
  const link = {
    offers: async () => ({}),
    recent: async () => [...recent].map((reference) => ({ reference, final: isFinal(reference) })),
    payment: async (_: string, reference: string) => {
      const state = payments.get(reference)
      return { reference, state, final: isFinal(reference), now: Date.now() }
    },
  } as unknown as Ptp['link']
  const changes = createChanges()
  const app = Fastify({ forceCloseConnections: true })
  const streams = createStreams(() => undefined)
  mountLink(app, { path: '/link', ptp: { link, changes }, streams })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  /** What the page of the terminal hears. */
  const heard: string[] = []
  const listen = async () => {
    const { body } = await fetch(`${url}/link/T-1/news`)
    let text = ''
    for await (const part of body!.pipeThrough(new TextDecoderStream())) {
      text += part
      const whole = text.split('\n\n')
      text = whole.pop() ?? ''
      for (const one of whole.filter((event) => event.startsWith('data: '))) {
        const { reference, state } = JSON.parse(one.slice(6)) as PaymentView
        heard.push(`${reference} ${state}`)
      }
    }
  }
  const close = async () => {
    streams.end()
    await app.close()
  }
  const changed = () => changes.publish(terminalTopic('T-1'))
  return { heard, listen, changed, close }
}

test('a terminal hears of its session to the end, also when newer ones have taken its place in the list', async () => {
  const payments = new Map<string, State>([
    ['mine', 'charging'],
    ['over', 'voided'],
  ])
  const recent = new Set(payments.keys())
  const { heard, listen, changed, close } = await platform(payments, recent)
  const listening = listen()
  await expect.poll(() => heard).toEqual(['mine charging'])
  recent.clear()
  recent.add('newer')
  payments.set('mine', 'capturing').set('newer', 'declined')
  changed()
  await expect.poll(() => heard).toEqual(['mine charging', 'newer declined', 'mine capturing'])
  payments.set('mine', 'captured')
  changed()
  await expect.poll(() => heard).toEqual(['mine charging', 'newer declined', 'mine capturing', 'mine captured'])
  changed()
  await sleep(50)
  expect(heard).toHaveLength(4)
  await close()
  await listening.catch(() => undefined)
})
