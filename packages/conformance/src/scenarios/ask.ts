/** A question to the platform under test by its row in the tables, correct but for what is changed on purpose. */
import type { Module } from '@plugtill/ocpi/module'
import { endpointFor, entriesOf, urlOf } from '@plugtill/ocpi/peer-url'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import type { Desk } from '../desk.ts'
import type { Seen } from '../seen.ts'

export interface Asked {
  readonly module: Module
  readonly role: 'sender' | 'receiver'
  /** Name of the row. */
  readonly row: string
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  /** In the words of 2.3.0. */
  readonly body?: object
  /** Changes the body as it goes out. */
  readonly edit?: (said: Readonly<Record<string, unknown>>) => unknown
}

/** Undefined: the platform does not offer this interface. */
export async function ask(desk: Desk, probe: string, asked: Asked): Promise<Seen | undefined> {
  const { module, role, row: name, params, query, body, edit = (said) => said } = asked
  const peer = await desk.partner()
  const row = module[role][name]
  const side = role === 'sender' ? 'SENDER' : 'RECEIVER'
  if (peer === undefined || row === undefined || entriesOf(peer, module.id, side).length === 0) return undefined
  const url = urlOf(endpointFor(peer, module, side, row.path), row.path, { params, query })
  const place = `${module.id}.${name}`
  if (body === undefined) return desk.probe(probe, { place, method: row.method, url })
  const said = codecOf(peer.version ?? '2.3.0').write(row.body ?? {}, body, { payments: true }).value ?? body
  const text = JSON.stringify(edit(said as Readonly<Record<string, unknown>>))
  return desk.probe(probe, { place, method: row.method, url, body: text })
}
