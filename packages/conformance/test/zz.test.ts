import { test } from 'vitest'
import { judged } from './broken/harness.ts'
import { locationsDefects } from './broken/locations.ts'
import { tariffsDefects } from './broken/tariffs.ts'
import { terminalsDefects } from './broken/terminals.ts'

const only = process.env['ONLY']
test('x', async () => {
  const all = [...terminalsDefects, ...locationsDefects, ...tariffsDefects].filter(
    (d) => !only || only.split(',').some((o) => d.id.includes(o)),
  )
  let good = 0
  for (const d of all) {
    try {
      const { report } = await judged({
        ...d,
        invited: false,
        spoil: typeof d.spoil === 'function' ? d.spoil() : d.spoil,
      } as never)
      if (report.roots[0] === d.rule) good++
      else {
        console.log('BAD', d.id, d.rule, 'got', report.roots.slice(0, 6).join(' '))
        const r = report.rules.find((x) => x.id === d.rule)
        console.log(
          '   ',
          r?.status,
          r?.message,
          r?.cause,
          '|',
          report.rules.find((x) => x.id === report.roots[0])?.message,
        )
      }
    } catch (e) {
      console.log('THROW', d.id, (e as Error).message, (e as Error).stack?.slice(0, 300))
    }
  }
  console.log('good', good, 'of', all.length)
}, 600_000)
