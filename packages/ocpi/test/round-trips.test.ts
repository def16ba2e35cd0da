/** Whatever value of whatever shape: it survives the wire of its own version, and the way between the versions. */
import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import * as cdrs from '../src/modules/cdrs.ts'
import * as chargingProfiles from '../src/modules/charging-profiles.ts'
import * as commands from '../src/modules/commands.ts'
import * as credentials from '../src/modules/credentials.ts'
import * as hubClientInfo from '../src/modules/hub-client-info.ts'
import * as invoiceReconciliation from '../src/modules/invoice-reconciliation.ts'
import * as locations from '../src/modules/locations.ts'
import * as parking from '../src/modules/locations-parking.ts'
import * as parts from '../src/modules/locations-parts.ts'
import * as payments from '../src/modules/payments.ts'
import * as sessions from '../src/modules/sessions.ts'
import * as tariffs from '../src/modules/tariffs.ts'
import * as tokens from '../src/modules/tokens.ts'
import * as versions from '../src/modules/versions.ts'
import { parseJson } from '../src/parse-json.ts'
import { validatorOf } from '../src/validate.ts'
import { codecOf } from '../src/versions/negotiate.ts'
import { arbitraryOf } from './arbitrary.ts'

const modules = [
  versions,
  credentials,
  parts,
  parking,
  locations,
  sessions,
  cdrs,
  tariffs,
  tokens,
  commands,
  chargingProfiles,
  hubClientInfo,
  payments,
  invoiceReconciliation,
]
const isShape = (value: unknown): value is TSchema => typeof value === 'object' && value !== null && '~kind' in value
const shapes = modules
  .flatMap((one) => Object.entries(one as Readonly<Record<string, unknown>>))
  .flatMap(([name, shape]) => (isShape(shape) ? [{ name, shape }] : []))

const RUNS = { numRuns: Number(process.env['PLUGTILL_PROPERTY_RUNS'] ?? 30) }
const agreed = { payments: true }
const throughWire = (value: unknown) => parseJson(JSON.stringify(value))

/** A gross price that equals the net one says nothing more, and is not kept. (F-01, E-73) */
function withoutEqualGross(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEqualGross)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, field]) => [name, withoutEqualGross(field)] as const)
  const { excl_vat } = value as { readonly excl_vat?: unknown }
  return Object.fromEntries(
    entries.filter(([name, field]) => name !== 'incl_vat' || (field !== null && field !== excl_vat)),
  )
}

test('all shapes of all tables are here', () => {
  expect(shapes.length).toBeGreaterThanOrEqual(88)
  expect(new Set(shapes.map(({ name }) => name)).size).toBe(shapes.length)
})

describe.each(shapes)('$name', ({ name, shape }) => {
  const { read, write, shapeOf } = codecOf('2.2.1')

  test('comes back from the wire of 2.3.0 as it went, unknown fields and values included', () => {
    const codec = codecOf('2.3.0')
    fc.assert(
      fc.property(arbitraryOf(shape, { extras: true }), (value) => {
        const { value: written, losses } = codec.write(shape, value)
        expect(losses).toEqual([])
        expect(codec.read(shape, throughWire(written))).toEqual({ value: throughWire(value) })
      }),
      RUNS,
    )
  })

  test('comes back from the inside as it came from a partner of 2.2.1', () => {
    fc.assert(
      fc.property(arbitraryOf(shapeOf(shape, agreed), { extras: false }), (value) => {
        const old = throughWire(value)
        const lifted = read(shape, old)
        if ('findings' in lifted) throw new Error(`${name}: ${JSON.stringify(lifted.findings)}`)
        expect(validatorOf(shape).check(lifted.value)).toBe(true)
        const again = write(shape, lifted.value, agreed)
        expect(again.losses).toEqual([])
        expect(withoutEqualGross(again.value)).toEqual(withoutEqualGross(old))
        expect(read(shape, again.value)).toEqual(lifted)
      }),
      RUNS,
    )
  })

  test('goes to a partner of 2.2.1 in a valid form, or not at all and with the reason', () => {
    fc.assert(
      fc.property(arbitraryOf(shape, { extras: true }), (value) => {
        const { value: written, losses } = write(shape, value, agreed)
        if (written === undefined) {
          expect(losses.length).toBeGreaterThan(0)
          return
        }
        expect(validatorOf(shapeOf(shape, agreed)).findings(written)).toEqual([])
        expect(JSON.stringify(written)).not.toMatch(/before_taxes|tax_included|nlplg_extension/)
        expect(read(shape, throughWire(written))).toHaveProperty('value')
      }),
      RUNS,
    )
  })
})
