import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { expect, test } from 'vitest'
import { run } from '../src/command-line.ts'
import { plugtill } from './plugtill.ts'

function scriptFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'plugtill-')), 'script.yaml')
  writeFileSync(file, text)
  return file
}

/** A central system with the least that lets stations boot; `password` is asked for. */
async function central(password: string) {
  const seen: { readonly id: string; readonly status: unknown }[] = []
  const gate = createChargerGate({
    known: (_, sent) => sent === password,
    onLink: (link) => {
      link.handle('BootNotification', () => ({
        status: 'Accepted',
        currentTime: new Date().toISOString(),
        interval: 300,
      }))
      link.handle('StatusNotification', ({ status }) => {
        seen.push({ id: link.id, status })
        return {}
      })
    },
  })
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    if (!gate.handleUpgrade(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}/ocpp`,
    seen,
    close: async () => {
      await gate.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((done) => setTimeout(done, 10))
  expect(holds()).toBe(true)
}

test('a fleet boots with its password, tells what happens as JSON lines and is controlled from another command', async () => {
  const system = await central('secret')
  const stop = new AbortController()
  const out: string[] = []
  const io = {
    env: { PLUGTILL_CHARGER_PASSWORD: 'secret' },
    out: (line: string) => void out.push(line),
    err: () => undefined,
    stopped: stop.signal,
  }
  const args = ['charger', '--central-system', system.url, '--id', 'CP', '--fleet', '3', '--listen', '0', '--json']
  const running = run(args, io)
  const events = () =>
    out.map((line) => JSON.parse(line) as { readonly event: string; readonly id?: string; readonly url?: string })
  await until(() => events().filter(({ event }) => event === 'accepted').length === 3)
  expect(new Set(events().flatMap(({ id }) => id ?? []))).toEqual(new Set(['CP-0001', 'CP-0002', 'CP-0003']))

  const api = events().find(({ event }) => event === 'control')?.url ?? ''
  const plugged = await plugtill(['sim', 'plug', 'CP-0002', '--car', 'van', '--json', '--api', api])
  expect(plugged.status).toBe(0)
  expect(JSON.parse(plugged.out[0] ?? '')).toMatchObject({
    id: 'CP-0002',
    connectors: [{ status: 'Preparing', car: 'van' }],
  })
  await until(() => system.seen.some(({ id, status }) => id === 'CP-0002' && status === 'Preparing'))
  const listed = await plugtill(['sim', 'list', '--api', api])
  expect(listed.out.filter((line) => line.includes('CP-000'))).toHaveLength(3)
  const refused = await plugtill(['sim', 'plug', 'CP-0002', '--connector', '9', '--api', api])
  expect([refused.status, refused.err]).toEqual([1, 'plugtill: Charger CP-0002 has no connector 9. Use one of: 1.'])
  stop.abort()
  expect(await running).toBe(0)
  await system.close()
})

test('a script is looked at without running it, and its mistakes stand with file, line and column', async () => {
  const good = scriptFile('stations:\n  - id: A\n    count: 12\n')
  const checked = await plugtill(['charger', '--script', good, '--check'])
  expect([checked.status, checked.out]).toEqual([0, [`${good}: 12 stations, nothing wrong.`]])
  const bad = scriptFile('stations:\n  - id: A\n    speed: fast\n')
  const refused = await plugtill(['charger', '--script', bad, '--check'])
  expect(refused.status).toBe(3)
  expect(refused.err).toContain(`${bad}:3:12  stations.0.speed has to be a number, not "fast"`)
})
