import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { LedgerAnswer } from '../answers.ts'
import type { Talk } from '../command-line.ts'
import { isLoopback } from '../config.ts'
import { couldNotRun, wrongUsage } from '../exit.ts'
import { moneyText } from '../text/money.ts'
import { table } from '../text/table.ts'
import { listed } from './flags.ts'

/** `plugtill psp …`: the simulated provider's books, and the provider as a service of its own. */
export function addPspCommands(program: Command, talk: Talk): void {
  const psp = program.command('psp').description('the simulated payment provider: ledger, serve, misbehave')
  psp
    .command('ledger')
    .description('what the provider itself has booked, independent of the platform')
    .action(async () => {
      const booked = await talk.api().get<readonly LedgerAnswer[]>('ptp', '/psp/ledger')
      talk.answer(booked, () =>
        booked.length === 0
          ? ['Nothing booked yet.']
          : table(booked, [
              { title: 'At', cell: (entry) => entry.at },
              { title: 'Reference', cell: (entry) => entry.reference },
              { title: 'Operation', cell: (entry) => entry.operation },
              { title: 'Status', cell: (entry) => entry.status },
              { title: 'Amount', cell: (entry) => moneyText(entry.amount), align: 'right' },
            ]),
      )
    })
  addServe(psp, talk)
  addMisbehave(psp, talk)
}

/** Good enough on this machine only. */
const KEY = 'simulated-key'

interface Serve {
  readonly port: string
  readonly host: string
  readonly data: string
  readonly key: string
  readonly webhookUrl?: string
  readonly webhookSecret: string
  readonly misbehave?: string
  readonly increments: string
  readonly keyRetentionS: string
  readonly latencyMs: string
}

function addServe(psp: Command, talk: Talk): void {
  psp
    .command('serve')
    .description('the simulated provider as a service of its own, until Ctrl-C')
    .option('--port <N>', 'port to listen on (0: any free one)', '8090')
    .option('--host <ADDRESS>', 'address to listen on', '127.0.0.1')
    .option('--data <DIR>', 'folder of its books', '.plugtill-psp')
    .option('--key <KEY>', 'who knows it may use the service', KEY)
    .option('--webhook-url <URL>', 'where it sends its messages, like http://localhost:8080/ptp/psp/webhooks')
    .option('--webhook-secret <SECRET>', 'what it signs them with', 'simulated-secret')
    .option('--misbehave <A,B>', 'what goes wrong; "plugtill psp misbehave" names all')
    .option('--increments <total|delta>', 'what an increment carries', 'total')
    .option('--key-retention-s <SECONDS>', 'after this an idempotency key is forgotten', '86400')
    .option('--latency-ms <N>', 'how long every answer takes', '250')
    .action((options: Serve) => serve(options, talk))
}

async function serve(options: Serve, talk: Talk): Promise<void> {
  const folder = resolve(options.data)
  const { wallClock } = await import('@plugtill/engine/clock')
  const { openLedger } = await import('@plugtill/psp/simulated/ledger')
  const { createSimulatedService } = await import('@plugtill/psp/simulated/standalone/serve')
  const { listen } = await import('@plugtill/psp/simulated/standalone/listen')
  const { httpSend } = await import('@plugtill/psp/http/client')
  const { webhookUrl, increments } = options
  if (increments !== 'total' && increments !== 'delta')
    throw wrongUsage(`--increments is "${increments}"; it has to be total or delta.`)
  const [port, latencyMs, retentionS] = [
    wholeIn('--port', options.port),
    wholeIn('--latency-ms', options.latencyMs),
    wholeIn('--key-retention-s', options.keyRetentionS),
  ]
  if (webhookUrl !== undefined && !URL.canParse(webhookUrl))
    throw wrongUsage(`--webhook-url is "${webhookUrl}"; it has to be an address.`)
  if (!isLoopback(options.host) && options.key === KEY)
    throw wrongUsage(
      `${options.host} can be reached from other machines: give a --key of your own, or listen on 127.0.0.1.`,
    )
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const ledger = openLedger({ file: join(folder, 'ledger.db') })
  try {
    const service = createSimulatedService({
      ...{ clock: wallClock, ledger, random: Math.random, apiKey: options.key, increments, latencyMs },
      timeoutMs: 0,
      keyRetentionMs: retentionS * 1000,
      misbehaviours: listed(options.misbehave) ?? [],
      ...(webhookUrl !== undefined && {
        messages: {
          secret: options.webhookSecret,
          deliver: async (message) => {
            const ask = { method: 'POST', url: webhookUrl, timeoutMs: 10_000, ...message } as const
            return (await httpSend(ask)).status < 300
          },
        },
      }),
    })
    const listening = await listen(service, { host: options.host, port }).catch((error: Error) => {
      throw couldNotRun(`The provider cannot listen on ${options.host}:${port}: ${error.message}`)
    })
    const shown = { url: listening.url, data: folder, webhook_url: webhookUrl ?? null }
    talk.answer(shown, () => [
      `The simulated provider listens at ${listening.url}. Its books are in ${folder}.`,
      webhookUrl ? `It sends its messages to ${webhookUrl}.` : 'It sends no messages: there is no --webhook-url.',
      'Stop with Ctrl-C.',
    ])
    if (!talk.io.stopped.aborted)
      await new Promise<void>((done) => talk.io.stopped.addEventListener('abort', () => done(), { once: true }))
    await listening.close()
  } catch (error) {
    const { kind, message } = error as { readonly kind?: string; readonly message: string }
    throw kind === 'refused' ? wrongUsage(`--misbehave: ${message}`) : error
  } finally {
    ledger.close()
  }
}

function wholeIn(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw wrongUsage(`${flag} is "${text}"; it has to be a whole number.`)
}

interface Misbehave {
  readonly service: string
  readonly key: string
  readonly none?: boolean
}

interface Misbehaving {
  readonly active: readonly string[]
  readonly known?: readonly { readonly name: string; readonly about: string }[]
}

function addMisbehave(psp: Command, talk: Talk): void {
  psp
    .command('misbehave [names]')
    .description('switch what goes wrong at a running service (A,B); without names: what is possible')
    .option('--service <URL>', 'address of the service', 'http://127.0.0.1:8090')
    .option('--key <KEY>', 'key of the service', KEY)
    .option('--none', 'switch everything off')
    .action(async (names: string | undefined, { service, key, none }: Misbehave) => {
      const { httpSend } = await import('@plugtill/psp/http/client')
      const change = none === true ? [] : listed(names)
      const answer = await httpSend({
        method: change === undefined ? 'GET' : 'PUT',
        url: `${service.replace(/\/+$/, '')}/v1/misbehaviours`,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(change !== undefined && { body: JSON.stringify({ active: change }) }),
        timeoutMs: 10_000,
      }).catch((error: Error) => {
        throw couldNotRun(error.message)
      })
      const body = JSON.parse(answer.body) as Misbehaving & { readonly error?: { readonly message: string } }
      if (body.error) throw wrongUsage(body.error.message)
      talk.answer(body, () => [
        body.active.length === 0 ? 'Everything works.' : `Goes wrong: ${body.active.join(', ')}.`,
        ...(body.known
          ? [
              '',
              ...table(body.known, [
                { title: 'Name', cell: (one) => one.name },
                { title: 'What', cell: (one) => one.about },
              ]),
            ]
          : []),
      ])
    })
}
