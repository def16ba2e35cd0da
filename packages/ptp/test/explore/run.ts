/**
 * `npm run explore -- [--most WORLDS] [--record] [name …]`: explores the payment's state table and says what it came to; fails
 * when a rule is broken, a part is not explored to its end, or a cell that moves something was never reached and nobody says why.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { explore, type Found } from './explore.ts'
import { complaintsOf, summary, text } from './report.ts'
import { settings } from './settings.ts'
import { told } from './walks.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { most: { type: 'string', default: '6000000' }, record: { type: 'boolean', default: false } },
})
const chosen = settings.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const all: Found[] = []
const known = new Set<string>()
for (const setting of chosen) {
  const began = process.cpuUsage()
  const found = await explore(setting, { most: Number(values.most), known })
  const { user, system } = process.cpuUsage(began)
  all.push(found)
  process.stdout.write(text(found, (user + system) / 1_000_000))
  if (values.record) {
    const file = join(import.meta.dirname, 'walks', `${setting.name.replaceAll(' ', '-')}.txt`)
    writeFileSync(file, `${(await told(setting, found.witnesses)).join('\n')}\n`)
  }
}
process.stdout.write(summary(all))
const complaints = complaintsOf(all, { whole: positionals.length === 0 })
process.stdout.write(complaints.map((one) => `${one}\n`).join(''))
process.exitCode = complaints.length === 0 ? 0 : 1
