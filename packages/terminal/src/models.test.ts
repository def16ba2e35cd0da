import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CARDS, cardFace } from './cards.ts'
import { CONTACTLESS_LIMITS } from './contactless-limits.ts'
import { linkPath } from './link.ts'
import { MODELS, modelNamed } from './models.ts'

test('the journey fits every model: a touch screen of 320 by 480', () => {
  expect(MODELS.map((m) => [m.id, m.screen.widthPx, m.screen.heightPx, m.screen.touch])).toEqual([
    ['apollo', 320, 480, true],
    ['polar', 320, 480, true],
    ['apollo-max', 320, 480, true],
  ])
})

test('the guide tells of each model and each limit what the code does, and what the maker states', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/guides/kiosk.md'), 'utf8')
  for (const { name, reads, pin, homeButton, published } of MODELS) {
    const stated = published.length > 0 ? published.join(', ') : 'nothing'
    const cells = [name, '320 x 480 touch', reads.join(', '), pin, homeButton ? 'yes' : 'no', stated]
    expect(guide).toContain(`| ${cells.join(' | ')} |`)
  }
  for (const { countries, upTo, source } of CONTACTLESS_LIMITS) {
    const amount = `${(upTo.amountMinor / 100).toFixed(2)} ${upTo.currency}`
    expect(guide).toContain(`| ${countries.join(' ')} | ${amount} | ${source} |`)
  }
})

test('only a model that takes a PIN reads chips', () => {
  for (const { reads, pin } of MODELS) expect([pin, reads.includes('chip')]).not.toEqual(['none', true])
})

test('a P6X is refused, because a driver cannot accept a price on it', () => {
  expect(modelNamed('P6X')).toMatchObject({ refused: expect.stringContaining('no touch screen') })
})

test('an unknown model is refused with the names that exist', () => {
  expect(modelNamed('apollo-x')).toMatchObject({
    refused: 'There is no terminal model "apollo-x". Take one of: apollo, polar, apollo-max.',
  })
})

test('every card of the tray is named once, and any other name still has a face', () => {
  expect(new Set(CARDS.map((c) => c.name)).size).toBe(CARDS.length)
  expect(cardFace('mystery')).toMatchObject({ name: 'mystery', title: 'mystery' })
})

test('a terminal id cannot climb out of its link', () => {
  expect(linkPath('/ptp', '../api')).toBe('/ptp/link/..%2Fapi')
})
