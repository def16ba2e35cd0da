import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blocksOf } from '../src/blocks.ts'
import { SLIP_HEADERS, slipHtml } from '../src/html.ts'
import { createSlipPdfs, slipPdf } from '../src/pdf.ts'
import { printable, webLink } from '../src/printable.ts'
import { signedXml } from '../src/signed-data.ts'
import { PAID_STATES, type Slip } from '../src/slip.ts'
import { SLIP_LANGUAGES, slipLanguage, slipTime } from '../src/texts.ts'
import { readPdf } from './pdf-text.ts'
import { sample } from './sample.ts'

/** Without spaces: a PDF keeps words, not the gaps between them. */
const tight = (text: string) => text.replace(/\s/g, '')
const seen = (html: string) =>
  html
    .replace(/<style>.*?<\/style>|<svg.*?<\/svg>|<[^>]*>/gs, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))

test('page and PDF say the same: parties, lines, tax, total, card data, signed values, address', async () => {
  const { text, files } = readPdf(await slipPdf(sample))
  const page = seen(slipHtml(sample))
  for (const said of [
    'Beleg',
    'Nr. R-20300115-0B0B0B0B0000',
    'Mit Karte bezahlt.',
    'Laadpaal B.V.',
    'USt-IdNr. NL000000000B01',
    'Energie, 20,500 kWh',
    '9,92 €',
    'VAT 21 %',
    '8,70 €',
    '1,83 €',
    '10,53 €',
    'Visa **** 4242',
    'AID A0000000031010',
    '15. Jan. 2030, 11:00 MEZ',
    'OCMF 1',
    'Start: T0NNRnx7ImEiOjF9fHt9',
    '0b0b0b0b-0000-4000-8000-000000000001',
  ]) {
    expect(tight(page), said).toContain(tight(said))
    expect(tight(text), said).toContain(tight(said))
  }
  expect(text).toContain(sample.url)
  expect(files).toEqual([signedXml(sample.signed!)])
})

test('the same slip has the same bytes, another time other ones', async () => {
  const hash = async (slip: Slip) =>
    createHash('sha256')
      .update(await slipPdf(slip))
      .digest('hex')
  const first = await hash(sample)
  expect(await hash(structuredClone(sample))).toBe(first)
  expect(await hash({ ...sample, issuedAt: sample.issuedAt + 60_000 })).not.toBe(first)
})

test('who asks for the same slip again does not have it drawn again; only so many are kept', async () => {
  const pdfs = createSlipPdfs(2)
  const at = (minutes: number): Slip => ({ ...sample, issuedAt: sample.issuedAt + minutes * 60_000 })
  const first = pdfs(sample)
  expect(pdfs(structuredClone(sample))).toBe(first)
  expect(Buffer.from(await first).equals(Buffer.from(await slipPdf(sample)))).toBe(true)
  await Promise.all([pdfs(at(1)), pdfs(sample), pdfs(at(2))])
  expect(pdfs(sample)).toBe(first)
  const again = pdfs(at(1))
  expect(await again).toEqual(await slipPdf(at(1)))
  await pdfs(at(3))
  expect(pdfs(sample)).not.toBe(first)
})

test('every word is there in every language, with the same values to fill in', () => {
  const fields = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()
  const { en } = SLIP_LANGUAGES
  for (const words of Object.values(SLIP_LANGUAGES)) {
    expect(Object.keys(words)).toEqual(Object.keys(en!))
    for (const [word, text] of Object.entries(words))
      expect(fields(text), word).toEqual(fields(en![word as keyof typeof en]))
  }
  for (const state of PAID_STATES) expect(en).toHaveProperty(`state-${state}`)
})

test('the first language with words is taken, English when none has any', () => {
  expect(slipLanguage(['fr', 'NL', 'de'])).toBe('nl')
  expect(slipLanguage(['fr'])).toBe('en')
  expect(slipLanguage(['constructor'])).toBe('en')
})

test('an unknown time zone is told in UTC', () => {
  expect(slipTime('en', 0, 'Mars/Olympus')).toBe('1 Jan 1970, 00:00 UTC')
})

test('what is pending shows no amount at all', async () => {
  const { total: _, ...rest } = sample
  const pending: Slip = { ...rest, payment: { state: 'pending', eftData: [] } }
  const page = seen(slipHtml(pending))
  expect(page).toContain('Noch nicht endgültig')
  expect(page).not.toContain('€')
  expect(readPdf(await slipPdf(pending)).text).not.toContain('€')
})

test('several taxes stand with net, amount and gross; without a known net only with their amounts', () => {
  const taxes = [
    { name: 'VAT', percentage: 21, netMinor: 700, amountMinor: 147 },
    { name: 'Energy tax', percentage: 5.5, netMinor: 700, amountMinor: 39 },
  ]
  const table = (slip: Slip) => blocksOf(slip).find((block) => block.is === 'table')
  expect(table({ ...sample, language: 'en', taxes })).toEqual({
    is: 'table',
    head: ['Tax', 'Net', 'Tax amount', 'Gross'],
    rows: [
      ['VAT 21 %', '€7.00', '€1.47', '€8.47'],
      ['Energy tax 5.5 %', '€7.00', '€0.39', '€7.39'],
    ],
  })
  const untold = taxes.map(({ netMinor: _, ...tax }) => tax)
  expect(table({ ...sample, language: 'en', taxes: untold })).toMatchObject({ head: ['Tax', 'Tax amount'] })
  expect(seen(slipHtml({ ...sample, language: 'en', taxes: [] }))).toContain('no tax details')
})

test('a credit note says what it takes back, and the document taken back says by which', () => {
  const credit: Slip = { ...sample, kind: 'credit', language: 'nl', corrects: 'F-1' }
  expect(seen(slipHtml(credit))).toContain('Dit document corrigeert nr. F-1.')
  expect(seen(slipHtml({ ...sample, language: 'en', correctedBy: 'C-1' }))).toContain('taken back by no. C-1')
})

test('the invoice of somebody else is linked only where it is a web page, and shows its host', () => {
  const page = (url: string) => slipHtml({ ...sample, language: 'en', invoice: { by: 'CPO', url } })
  expect(page('https://cpo.example/i/1?a=1&b=2')).toContain('<a href="https://cpo.example/i/1?a&#61;1&#38;b&#61;2">')
  expect(seen(page('https://cpo.example/i/1'))).toContain('Open the invoice: cpo.example')
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'https://user:pw@cpo.example/', 'ftp://x.example/'])
    expect(page(url)).not.toContain('Open the invoice')
  expect(webLink(`https://x.example/${'a'.repeat(2000)}`)).toBeUndefined()
})

/** Every text that comes from outside is the same stranger's text. */
const hostile = (text: string): Slip => ({
  ...sample,
  number: text,
  reference: text,
  timeZone: text,
  seller: { name: text, lines: [text, text], taxId: text },
  issuer: { name: text },
  buyer: [text],
  corrects: text,
  session: { ...sample.session, place: [text], charger: text },
  lines: [{ text, amountMinor: 1053 }],
  taxes: [{ name: text, netMinor: 870, amountMinor: 183 }],
  payment: { ...sample.payment!, card: { brand: text, masked: text }, eftData: [text, text], message: text },
  signed: { method: text, publicKey: text, values: [{ nature: text, plain: text, signed: text }], url: text },
  invoice: { by: text, url: `https://cpo.example/${encodeURIComponent(text.toWellFormed())}` },
  notes: [text],
})
const tags = (html: string) => (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/href="[^"]*"/, 'href'))

test('whatever a partner writes, the page has the same tags', () => {
  const shape = tags(slipHtml(hostile('x')).replace(/<svg.*<\/svg>/s, ''))
  const check = (text: string) => {
    // What prints as nothing may leave a row or a line out; it never adds one.
    const given = tags(slipHtml(hostile(`x${text}`)).replace(/<svg.*<\/svg>/s, ''))
    expect(given.filter((tag) => !tag.startsWith('<a'))).toEqual(shape.filter((tag) => !tag.startsWith('<a')))
  }
  for (const text of ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '</style><b>', '&lt;', "'`="])
    check(text)
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), check), { numRuns: 40 })
})

test('hostile texts end in a PDF with a bounded number of pages, soon', async () => {
  const texts = [
    '<script>alert(1)</script>',
    '\u202Egnp.exe\u2066\u200B\uFEFF',
    'شحن כהטענה กขค 充電 नमस्ते',
    '👩‍👩‍👧‍👦🏳️‍🌈\u{1F600}',
    '\ud800 \udc00 \u0000\u0007\u001b[31m\r\n\u2028',
    `Z${'\u0301'.repeat(500)}`,
    'W'.repeat(10_000),
    `${'word '.repeat(2_000)}`,
    '(\\)<<>>endstream endobj %%EOF',
  ]
  for (const text of texts) {
    const { pages } = readPdf(await slipPdf(hostile(text)))
    expect(pages, text.slice(0, 20)).toBeLessThanOrEqual(8)
  }
}, 30_000)

test('many lines, taxes and signed values are bounded in print and whole in the file', async () => {
  const values = Array.from({ length: 300 }, (_, n) => ({
    nature: 'Intermediate',
    plain: String(n),
    signed: `QUJD${n}`,
  }))
  const many: Slip = {
    ...sample,
    signed: { ...sample.signed!, values },
    payment: { ...sample.payment!, eftData: Array.from({ length: 5_000 }, () => 'E'.repeat(255)) },
  }
  const { pages, files } = readPdf(await slipPdf(many))
  expect(pages).toBeLessThanOrEqual(6)
  expect(files[0]).toContain('QUJD299')
  expect(files[0]!.match(/<value /g)).toHaveLength(300)
})

test('a text is printed in one line, without signs that hide or turn others, and cut with an ellipsis', () => {
  expect(printable('a\r\nb\u0000c')).toBe('a b c')
  expect(printable('\u202Eabc\u200B')).toBe('abc')
  expect(printable('x'.repeat(500), 10)).toBe('xxxxxxxxx…')
  expect(printable('\u{1F600}'.repeat(20), 3)).toBe('\u{1F600}\u{1F600}…')
  expect(printable('\ud800')).toBe('\ufffd')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }),
    { numRuns: 200 },
  )
})

test('transparency software gets format, key and values unshortened, begin and end marked', () => {
  const signed = 'A'.repeat(5_000)
  const xml = signedXml({ method: 'OCMF', publicKey: 'S0VZ', values: [{ nature: 'Start', plain: '', signed }] })
  expect(xml).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>\n<values>\n  <value transactionId="1" context="Transaction.Begin">\n    <signedData format="OCMF" encoding="base64">${signed}</signedData>\n    <publicKey encoding="base64">S0VZ</publicKey>\n  </value>\n</values>\n`,
  )
  expect(signedXml({ method: 'X', values: [{ nature: '"><x', plain: '', signed: ']]><y>' }] })).not.toMatch(/<[xy]/)
})

test('the page runs nothing and loads nothing: its only style is named by hash', () => {
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(slipHtml(sample)) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  expect(SLIP_HEADERS['content-security-policy']).toContain(`default-src 'none'; style-src 'sha256-${hash}'`)
  expect(slipHtml(sample)).not.toMatch(/<script|style=|onload|src=/)
})
