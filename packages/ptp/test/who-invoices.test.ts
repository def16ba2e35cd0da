/** The driver's invoice is made by the CPO or by nobody else: what the receipt says of it. (C-608, C-710, E-19) */
import { expect, test } from 'vitest'
import { invoiceUrl } from '../src/receipts/invoice-url.ts'
import { serveReceipt, terminalReceipt } from '../src/receipts/receipts.ts'
import { page, partsOf, token } from './receipt-page.ts'
import { charged, rig } from './rig.ts'
import { cdrFor, REFERENCE } from './scripted-cpo.ts'

test('a driver is sent to the invoice of a CPO only by a plain https address', () => {
  const url = (base: string) => invoiceUrl(base, 'R/1')
  expect(url('https://cpo.example/invoices/')).toBe('https://cpo.example/invoices/R%2F1')
  expect(url('https://cpo.example/i?lang=nl#top')).toBe('https://cpo.example/i/R%2F1?lang=nl')
  for (const wrong of [
    'http://cpo.example/i',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://name:word@cpo.example/i',
    'https://xn--80ak6aa92e.com/i',
    'https://сpo.example/i',
    `https://cpo.example/${'a'.repeat(255)}`,
    'someNewURL',
  ])
    expect(url(wrong), wrong).toBeUndefined()
  expect(invoiceUrl('http://localhost:8080/cpo/invoices', 'R', true)).toBe('http://localhost:8080/cpo/invoices/R')
})

test('where the CPO makes the invoice its address is shown; one that is no plain https address is not, its maker is', async () => {
  const withBase = async (invoiceBaseUrl: string) => {
    const one = await charged({ terms: { invoiceCreator: 'CPO', invoiceBaseUrl } })
    await one.bill(cdrFor(10, { invoice_reference_id: 'INV-1' }))
    const { body } = await serveReceipt(partsOf(one), token, { form: 'page' })
    await one.close()
    return String(body)
  }
  const good = await withBase('https://cpo.example/invoices')
  expect(good).toContain(`href="https://cpo.example/invoices/${REFERENCE}"`)
  const bad = await withBase('javascript:alert(1)//')
  expect(bad).not.toContain('javascript:')
  expect(bad).toContain('The invoice is made by NL-CPO.')
})

test('the CDR decides who invoices; that it is not who was agreed is told', async () => {
  const one = await charged({ terms: { invoiceCreator: 'PTP' } })
  await one.bill(cdrFor(10, { invoice_reference_id: 'INV-1' }))
  expect(await one.codes()).toEqual(['INVOICE_DISAGREES'])
  expect((await page(one)).text).toContain('The invoice is made by')
  await one.close()
})

test('a CPO that was agreed to and names no invoice still owes it: the receipt says whose it is, and where it will be', async () => {
  const terms = { invoiceCreator: 'CPO', invoiceBaseUrl: 'https://cpo.example/invoices' } as const
  const one = await charged({ terms })
  const whole = async () => String((await serveReceipt(partsOf(one), token, { form: 'page' })).body)
  const owed = 'The invoice comes from NL-CPO; it may not be there yet.'
  expect(await whole()).toContain(owed)
  await one.bill(cdrFor(10))
  expect(await one.codes()).toEqual(['INVOICE_DISAGREES'])
  expect(await whole()).toContain(owed)
  expect(await whole()).toContain(`href="https://cpo.example/invoices/${REFERENCE}"`)
  // The code at the terminal leads to what is there for certain.
  const shown = await terminalReceipt(partsOf(one), await one.payment())
  expect(shown.invoiceUrl).toBe(`https://pay.example/ptp/receipts/${token}`)
  await one.close()

  const named = await charged({ terms })
  await named.bill(cdrFor(10, { invoice_reference_id: 'INV-1' }))
  const there = await terminalReceipt(partsOf(named), await named.payment())
  expect(there.invoiceUrl).toBe(`https://cpo.example/invoices/${REFERENCE}`)
  await named.close()
})

test('where nobody agreed on the CPO, or nothing was taken, no invoice is spoken of', async () => {
  const ours = await charged({ terms: { invoiceCreator: 'PTP' } })
  await ours.bill(cdrFor(10))
  expect((await page(ours)).text).not.toContain('invoice')
  await ours.close()
  const none = await rig({ card: 'declined', terms: { invoiceCreator: 'CPO' } })
  await none.tap()
  expect((await page(none)).text).not.toContain('invoice')
  await none.close()
})
