/** Lists read page by page while they change. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { payments } from '../src/modules/payments.ts'
import { paymentsPair, terminal } from './payments-pair.ts'

/** What happens to the list between two pages. A removal that an addition hides from the total cannot be noticed. */
const change = fc.oneof(
  fc.record({ add: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ remove: fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }) }),
  fc.record({ touch: fc.array(fc.nat(60), { maxLength: 4 }) }),
)
type Change = { readonly add?: number; readonly remove?: readonly number[]; readonly touch?: readonly number[] }

async function walking(options: {
  readonly maxLimit: number
  readonly count: number
  readonly limit?: number
  readonly changes: readonly Change[]
}) {
  const { world, kept, cpo, ptpId } = await paymentsPair({ maxLimit: options.maxLimit })
  let made = 0
  const born = () => {
    made += 1
    return JSON.stringify(terminal(`t${made}`))
  }
  kept.terminals = Array.from({ length: options.count }, born)
  const stayed = new Set(kept.terminals.map((json) => (JSON.parse(json) as { terminal_id: string }).terminal_id))
  const changes = [...options.changes]
  let pages = 0
  world.tamper = async (_request, pass) => {
    pages += 1
    const next = pages === 1 ? undefined : changes.shift()
    for (const index of next?.remove ?? []) {
      const [gone] = kept.terminals.splice(index, index < kept.terminals.length ? 1 : 0)
      if (gone !== undefined) stayed.delete((JSON.parse(gone) as { terminal_id: string }).terminal_id)
    }
    for (let added = 0; added < (next?.add ?? 0); added += 1) kept.terminals.push(born())
    for (const index of next?.touch ?? []) {
      const json = kept.terminals[index]
      if (json !== undefined)
        kept.terminals[index] = JSON.stringify({ ...(JSON.parse(json) as object), customer_reference: 'touched' })
    }
    return pass()
  }
  const seen: string[] = []
  for await (const item of cpo.client
    .of({ id: ptpId }, payments, 'sender')
    .terminals({ query: { limit: options.limit } }))
    seen.push(item.terminal_id)
  return { seen, stayed, kept }
}

const sizes = {
  maxLimit: fc.integer({ min: 1, max: 12 }),
  count: fc.nat(60),
  limit: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
}

test('A-30, A-31: whatever is added, changed or removed between pages, nothing that was there all the time is missed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record({ ...sizes, changes: fc.array(change, { maxLength: 12 }) }), async (parts) => {
      const { seen, stayed } = await walking(parts)

      expect([...stayed].filter((id) => !seen.includes(id))).toEqual([])
    }),
    { numRuns: 80 },
  )
})

test('A-30, E-59: as long as nothing is removed no item comes twice, and they come in order of creation', async () => {
  const growing = change.filter((one) => !('remove' in one))
  await fc.assert(
    fc.asyncProperty(fc.record({ ...sizes, changes: fc.array(growing, { maxLength: 12 }) }), async (parts) => {
      const { seen } = await walking(parts)

      expect(seen).toEqual([...new Set(seen)])
      expect(seen.map((id) => Number(id.slice(1)))).toEqual(
        [...seen.map((id) => Number(id.slice(1)))].sort((a, b) => a - b),
      )
    }),
    { numRuns: 80 },
  )
})

test('A-27 to A-29: pages of any size are the list, with the maximum and the total on each', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record(sizes), async (parts) => {
      const { seen, kept } = await walking({ ...parts, changes: [] })

      expect(seen).toEqual(kept.terminals.map((json) => (JSON.parse(json) as { terminal_id: string }).terminal_id))
    }),
    { numRuns: 60 },
  )
})
