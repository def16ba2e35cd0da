/** An operator starts with sites of his own: stations, terminals and prices are those of his file. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { auditCdr } from '@plugtill/pricing/audit'
import { run } from 'plugtill/command-line'
import { readConfig } from 'plugtill/config'
import { startSandbox } from 'plugtill/sandbox'
import { expect, test } from 'vitest'
import { root } from './started.ts'

interface Rule {
  readonly id: string
  readonly status: string
}

/** What the judge that looks on holds against our own two platforms, once it has seen the CDR. */
async function failedOnBoards(url: string): Promise<readonly string[]> {
  const read = async <T>(path: string) => (await (await fetch(`${url}/judge/api/boards${path}`)).json()) as T
  const boards = await read<readonly { readonly platform: string; readonly peer: string }[]>('')
  const rules = (
    await Promise.all(
      boards.map(({ platform, peer }) => read<{ readonly rules: readonly Rule[] }>(`/${platform}/${peer}`)),
    )
  ).flatMap((board) => board.rules)
  const looked = ['sessions.kwh/2', 'cdrs.energy/1', 'locations.evse/6', 'tariffs.show/2']
  expect(rules.filter(({ id, status }) => looked.includes(id) && status === 'pass')).toHaveLength(looked.length)
  return rules.filter(({ status }) => status === 'fail').map(({ id }) => id)
}

test('the sandbox sells at the sites of a file, at their prices; at 1,800 times the speed of life its own judge finds no rule broken', async () => {
  const data = mkdtempSync(join(tmpdir(), 'plugtill-sites-'))
  const flags = { port: '0', data, speed: '1800', sites: join(root, 'examples/sites.yaml') }
  const sandbox = await startSandbox(readConfig({ env: {}, flags }), { cpo: true })
  try {
    expect(sandbox.furnished?.terminals.map(({ location_ids }) => location_ids)).toEqual([['DEPOT'], ['HARBOUR']])
    const terminal = sandbox.furnished!.terminals[1]!.terminal_id
    const out: string[] = []
    const tap = ['tap', '--terminal', terminal, '--evse', 'HBC-1', '--follow', '--json', '--api', sandbox.publicUrl]
    const io = { env: {}, out: (line: string) => void out.push(line), err: () => undefined }
    expect(await run(tap, { ...io, stopped: new AbortController().signal })).toBe(0)
    expect(JSON.parse(out.at(-1)!)).toMatchObject({ state: 'captured' })

    const [cdr] = (await (await fetch(`${sandbox.publicUrl}/cpo/api/cdrs`)).json()) as Cdr[]
    expect(cdr).toMatchObject({ cdr_location: { id: 'HARBOUR', evse_id: 'DE*HBC*E1' }, tariffs: [{ id: 'AC-CARD' }] })
    // The meter runs 1,800 times as fast as the clock of the CDR; 22 kW and a quarter is what the connector can give.
    const { findings } = auditCdr(cdr!, { timeZone: 'Europe/Berlin', maxPowerKw: 22 * 1.25 * 1_800 })
    expect(findings).toEqual([])
    expect(await failedOnBoards(sandbox.publicUrl)).toEqual([])
  } finally {
    await sandbox.stop()
    rmSync(data, { recursive: true })
  }
})
