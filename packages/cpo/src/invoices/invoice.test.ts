import { expect, test } from 'vitest'
import { MINUTE, sessionAt, T0 } from '../../test/session-at.ts'
import { writeCdr } from '../charging/cdr.ts'
import { cutsOf } from '../charging/cuts.ts'
import { readMeter, startMeter } from '../charging/meter.ts'
import type { ChargingSession } from '../charging/session.ts'
import { invoiceOf } from './invoice.ts'
import { invoiceResponse } from './page.ts'

const advice = {
  id: 'fac-1',
  authorization_reference: '0b0b0b0b-0000-4000-8000-000000000001',
  total_costs: { before_taxes: 8.7, taxes: [{ name: 'VAT', amount: 1.83 }] },
  currency: 'EUR',
  eft_data: ['VISA **** 1234', '<script>alert(1)</script>'],
  capture_status_code: 'SUCCESS' as const,
  last_updated: '2030-01-15T12:00:00Z',
}

function billed(more: Partial<ChargingSession> = {}): ChargingSession {
  const session = sessionAt('charging')
  const meter = readMeter(startMeter(T0, 0), { at: T0 + 60 * MINUTE, energyWh: 20_500 }, cutsOf(session.tariff, 'UTC'))
  const ended = sessionAt('charging', { meter, endedAt: meter.at, ...more })
  return { ...ended, state: 'finished', cdr: writeCdr(ended) }
}

test('the invoice shows lines, tax and total as the CDR has them, rounded once', () => {
  expect(invoiceOf(billed(), 'Plugtill Charging')).toMatchObject({
    reference: '0b0b0b0b-0000-4000-8000-000000000001',
    energyKwh: '20.500',
    net: '8.70',
    taxes: [{ percentage: 21, amount: '1.83' }],
    total: '10.53',
    lines: [
      { text: 'Energy', quantity: '20.500 kWh', amount: '9.92' },
      { text: 'Per session', amount: '0.61' },
    ],
  })
})

test('the advice completes it; before, nothing is said to be paid', () => {
  expect(invoiceOf(billed(), 'P')).not.toHaveProperty('payment')
  expect(invoiceOf(billed({ advice }), 'P')?.payment).toEqual({
    status: 'SUCCESS',
    captured: '10.53',
    currency: 'EUR',
    eftData: advice.eft_data,
  })
})

test('no invoice before the CDR, and none when the partner makes it', () => {
  expect(invoiceOf(sessionAt('charging'), 'P')).toBeUndefined()
  expect(invoiceOf(billed({ terms: { ...sessionAt('charging').terms, invoiceBy: 'PTP' } }), 'P')).toBeUndefined()
})

const minor = (text: string | undefined) => Math.round(Number(text) * 100)

test('an invoice adds up: lines to the total, and net and taxes to the total, whatever was rounded', () => {
  for (const energyWh of [1, 7, 333, 4_321, 20_504, 20_511, 77_777])
    for (const max_price of [undefined, { before_taxes: 2, after_taxes: 2.42 }]) {
      const tariff = { ...sessionAt('charging').tariff, ...(max_price === undefined ? {} : { max_price }) }
      const meter = readMeter(startMeter(T0, 0), { at: T0 + 60 * MINUTE, energyWh }, cutsOf(tariff, 'UTC'))
      const invoice = invoiceOf(billed({ tariff, meter }), 'P')!
      const sum = (amounts: readonly { readonly amount: string }[]) =>
        amounts.reduce((total, { amount }) => total + minor(amount), 0)

      expect(sum(invoice.lines), JSON.stringify(invoice)).toBe(minor(invoice.total))
      expect(minor(invoice.net) + sum(invoice.taxes), JSON.stringify(invoice)).toBe(minor(invoice.total))
    }
})

test('amounts have the decimals of their currency, what was captured those of its own', () => {
  const tariff = { ...sessionAt('charging').tariff, currency: 'JPY' }
  const invoice = invoiceOf(billed({ tariff, advice }), 'P')
  expect(invoice).toMatchObject({ total: '11', payment: { captured: '10.53', currency: 'EUR' } })
})

test('a capture that failed or fell short is shown as that', () => {
  const told = (change: Partial<typeof advice>) =>
    invoiceResponse(invoiceOf(billed({ advice: { ...advice, ...change } as never }), 'P')).body
  expect(told({ capture_status_code: 'FAILED' as never, total_costs: { before_taxes: 0, taxes: [] } })).toContain(
    'Card payment failed: EUR 0.00',
  )
  expect(
    told({ capture_status_code: 'PARTIAL_SUCCESS' as never, total_costs: { before_taxes: 5, taxes: [] } }),
  ).toContain('Partly paid by card: EUR 5.00')
})

test('nothing a partner sends becomes markup', () => {
  const { status, body, headers } = invoiceResponse(invoiceOf(billed({ advice }), '<b>P</b>'))
  expect(status).toBe(200)
  expect(body).not.toContain('<script>')
  expect(body).not.toContain('<b>P')
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})

test('an unknown invoice is 404 and says when it comes', () => {
  expect(invoiceResponse(undefined)).toMatchObject({ status: 404, body: expect.stringContaining('has ended') })
})
