import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, test } from 'vitest'
import type { ContractSubject, Message } from '../contract/steps.ts'
import { pspContract } from '../contract.ts'
import { httpSend } from '../http/client.ts'
import { cards } from '../simulated/contract-cards.ts'
import { openLedger } from '../simulated/ledger.ts'
import { listen } from '../simulated/standalone/listen.ts'
import { createSimulatedService } from '../simulated/standalone/serve.ts'
import { createSimulatedHttpPsp } from './provider.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A service on its own port with its books in a file, and the adapter that speaks to it. */
async function subject(increments: 'total' | 'delta'): Promise<ContractSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-psp-service-'))
  ends.push(() => rmSync(folder, { recursive: true }))
  let now = Date.parse('2026-03-01T12:00:00Z')
  // Pauses are real, instants are the test's.
  const clock = {
    now: () => now,
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const sent: Message[] = []
  const deliver = async (message: Omit<Message, 'forged'>) => {
    sent.push({ ...message, forged: message.body.replace('"success":true', '"success":false') })
    return true
  }
  const start = async () => {
    const ledger = openLedger({ file: join(folder, 'ledger.sqlite') })
    const service = createSimulatedService({
      ...{ clock, ledger, increments, random: () => 0.42, apiKey: 'key-of-test' },
      messages: { secret: 'secret-of-test', deliver },
    })
    const listening = await listen(service)
    const stop = async () => {
      await listening.close()
      ledger.close()
    }
    ends.push(stop)
    const config = { url: listening.url, apiKey: 'key-of-test', webhookSecrets: ['next', 'secret-of-test'] }
    return { service, stop, psp: createSimulatedHttpPsp({ config, clock, send: httpSend }) }
  }
  const first = await start()
  return {
    psp: first.psp,
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    messages: async () => {
      await first.service.messages?.idle()
      return sent
    },
    reopen: async () => {
      await first.stop()
      ends.pop()
      return (await start()).psp
    },
  }
}

describe('increments as the new total', () => pspContract(test, () => subject('total'), { cards }))
describe('increments as what is added', () => pspContract(test, () => subject('delta'), { cards }))
