import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import type { Table } from '../module.ts'
import { tables as ALL } from '../tables.ts'
import { validatorOf } from '../validate.ts'
import { type FinancialAdviceReceived, payments, readAdvice } from './payments.ts'

const rows = (table: Table) => Object.values(table).map(({ method, path }) => `${method} ${path}`)

test('no two rows of a table answer to the same method and path', () => {
  for (const { id, sender, receiver } of ALL) {
    for (const table of [sender, receiver]) {
      const seen = rows(table).map((row) => row.replaceAll(/:\w+/g, ':'))
      expect(new Set(seen).size, id).toBe(seen.length)
    }
  }
})

test('every shape of every table compiles', () => {
  const shapes = ALL.flatMap(({ sender, receiver }) => [...Object.values(sender), ...Object.values(receiver)])
    .flatMap(({ body, data }) => [body, data])
    .filter((shape): shape is TSchema => shape !== undefined)
  for (const shape of shapes) expect(validatorOf(shape).check(undefined)).toBe(false)
})

test('only the configuration modules travel without routing headers', () => {
  expect(ALL.filter(({ routed }) => !routed).map(({ id }) => id)).toEqual(['versions', 'credentials', 'hubclientinfo'])
})

test('the tables of payments are those of its chapter and our two extensions', () => {
  expect(rows(payments.sender)).toEqual([
    'GET /terminals',
    'GET /terminals/:terminal_id',
    'PATCH /terminals/:terminal_id',
    'PUT /terminals/:terminal_id',
    'POST /terminals/activate',
    'POST /terminals/:terminal_id/deactivate',
    'GET /financial-advice-confirmations',
    'GET /financial-advice-confirmations/:id',
  ])
  expect(rows(payments.receiver)).toEqual([
    'GET /terminals',
    'GET /terminals/:terminal_id',
    'POST /terminals',
    'GET /financial-advice-confirmations',
    'GET /financial-advice-confirmations/:id',
    'POST /financial-advice-confirmations',
  ])
})

test('URLs carry owner ids only where the client owns the object and pushes it', () => {
  const owned = ALL.flatMap(({ id, sender, receiver }) => [
    ...rows(sender).map((row) => `${id} sender ${row}`),
    ...rows(receiver).map((row) => `${id} receiver ${row}`),
  ]).filter((row) => row.includes(':country_code/:party_id/'))
  const sides = new Set(owned.map((row) => row.split(' ').slice(0, 2).join(' ')))
  expect([...sides].sort()).toEqual([
    'invoicereconciliation receiver',
    'locations receiver',
    'sessions receiver',
    'tariffs receiver',
    'tokens receiver',
  ])
})

test('an advice of a failed capture reads with an empty list of lines and keeps unknown fields', () => {
  const received = {
    id: 'a',
    authorization_reference: 'r',
    total_costs: { excl_vat: 0, incl_vat: 0 },
    currency: 'EUR',
    capture_status_code: 'FAILED',
    last_updated: '2030-01-01T00:00:00Z',
    extra: 1,
  } satisfies FinancialAdviceReceived & { extra: number }
  expect(readAdvice(received)).toEqual({ ...received, total_costs: { before_taxes: 0, taxes: [] }, eft_data: [] })
})
