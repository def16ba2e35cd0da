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

test('the sandbox sells at the sites of a file, at their prices', async () => {
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
    // The meter runs 1,800 times as fast as the clock of the CDR, so of all rules its power alone cannot be judged here.
    const { findings } = auditCdr(cdr!, { timeZone: 'Europe/Berlin' })
    expect(findings.filter(({ id }) => id !== 'energy-beyond-power')).toEqual([])
  } finally {
    await sandbox.stop()
    rmSync(data, { recursive: true })
  }
})
