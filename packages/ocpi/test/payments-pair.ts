/** The pair with real handlers for the payments module on both sides and two more, kept in plain maps. */
import { OcpiError } from '../src/errors.ts'
import { list, module, one, put } from '../src/module.ts'
import { commands } from '../src/modules/commands.ts'
import { payments } from '../src/modules/payments.ts'
import { type Call, type Handlers, mount } from '../src/server.ts'
import { ciString, object } from '../src/types.ts'
import { pair } from './two-platforms.ts'

const nothing = async () => undefined

/** Stands in for a module whose objects are pushed by their owner. */
const Thing = object({ country_code: ciString(2), party_id: ciString(3), id: ciString(36), name: ciString(20) })
export const things = module('tariffs', {
  sender: { list: list('', Thing) },
  receiver: {
    thing: one('/:country_code/:party_id/:thing_id', Thing),
    putThing: put('/:country_code/:party_id/:thing_id', Thing),
  },
})

export interface Kept {
  /** JSON texts of terminals at the PTP. */
  terminals: string[]
  readonly advices: unknown[]
  readonly things: Map<string, unknown>
  readonly results: Call<unknown>[]
  readonly calls: Call<unknown>[]
  fail: (() => void) | undefined
}

function ptpPayments(kept: Kept): Handlers<typeof payments.sender> {
  return {
    terminals: async (call) => {
      kept.calls.push(call)
      kept.fail?.()
      return {
        total: kept.terminals.length,
        items: kept.terminals.slice(call.page.offset, call.page.offset + call.page.limit),
      }
    },
    terminal: async ({ params }) => {
      const json = kept.terminals.find(
        (text) => (JSON.parse(text) as { terminal_id: string }).terminal_id === params['terminal_id'],
      )
      return json === undefined ? undefined : { json }
    },
    patchTerminal: async () => {
      throw new OcpiError(2001, 'No such terminal.', { http: 404 })
    },
    putTerminal: nothing,
    activate: nothing,
    deactivate: async (call) => void kept.calls.push(call),
    advices: async () => ({ total: 0, items: [] }),
    advice: nothing,
  }
}

function cpoPayments(kept: Kept): Handlers<typeof payments.receiver> {
  return {
    terminals: async () => ({ total: 0, items: [] }),
    terminal: nothing,
    postTerminal: nothing,
    advices: async () => ({ total: 0, items: [] }),
    advice: nothing,
    postAdvice: async (call) => {
      kept.calls.push(call)
      kept.advices.push(call.body)
      return { created: true, location: 'https://cpo.example/a/1' }
    },
  }
}

function thingHandlers(kept: Kept): Handlers<typeof things.receiver> {
  return {
    thing: async ({ params }) => kept.things.get(params['thing_id']!) as never,
    putThing: async (call) => {
      kept.calls.push(call)
      const created = !kept.things.has(call.body.id)
      kept.things.set(call.body.id, call.body)
      return { created }
    },
  }
}

const commandResults = (kept: Kept): Handlers<typeof commands.sender> => ({
  result: async (call) => void kept.results.push(call),
})

export async function paymentsPair(options: { readonly maxLimit?: number } = {}) {
  const kept: Kept = { terminals: [], advices: [], things: new Map(), results: [], calls: [], fail: undefined }
  const made = await pair({
    ptp: {
      modules: [
        mount(payments, 'sender', ptpPayments(kept)),
        mount(commands, 'sender', commandResults(kept)),
        mount(things, 'receiver', thingHandlers(kept)),
      ],
      ...options,
    },
    cpo: { modules: [mount(payments, 'receiver', cpoPayments(kept))] },
  })
  return { ...made, kept, cpoId: made.cpoSeenByPtp.id, ptpId: made.ptpSeenByCpo.id }
}

export const terminal = (id: string) => ({
  terminal_id: id,
  customer_reference: 'x',
  last_updated: '2026-03-01T10:00:00Z',
})

export const advice = (id: string) => ({
  id,
  authorization_reference: 'ref-1',
  total_costs: { before_taxes: 10, taxes: [] },
  currency: 'EUR',
  eft_data: ['VISA 1234'],
  capture_status_code: 'SUCCESS' as const,
  last_updated: '2026-03-01T10:00:00Z',
})
