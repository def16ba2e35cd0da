/**
 * `npm run explore -- [--most WORLDS] [--record] [--rewrite] [name …]`: explores the payment's state table and says what it came
 * to; `--record` writes walks down, `--rewrite` only goes through those there are and writes what they come to now. Fails when a rule is broken, a part is not explored to its end, or a cell that moves something was never reached and nobody says why.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { explore, type Found } from './explore.ts'
import { complaintsOf, summary, text } from './report.ts'
import { settings } from './settings.ts'
import { pathsOf, told } from './walks.ts'
import type { Setting } from './world.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    most: { type: 'string', default: '6000000' },
    record: { type: 'boolean', default: false },
    rewrite: { type: 'boolean', default: false },
  },
})
const chosen = settings.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const all: Found[] = []
const known = new Set<string>()
const fileOf = ({ name }: Setting) => join(import.meta.dirname, 'walks', `${name.replaceAll(' ', '-')}.txt`)
const write = (setting: Setting, lines: readonly string[]) => writeFileSync(fileOf(setting), `${lines.join('\n')}\n`)

for (const setting of values.rewrite ? chosen.filter((one) => existsSync(fileOf(one))) : []) {
  const lines = await told(setting, pathsOf(readFileSync(fileOf(setting), 'utf8').trimEnd().split('\n')))
  write(
    setting,
    lines.filter((line) => !line.endsWith(' -> is not possible here')),
  )
}
for (const setting of values.rewrite ? [] : chosen) {
  const began = process.cpuUsage()
  const found = await explore(setting, { most: Number(values.most), known })
  const { user, system } = process.cpuUsage(began)
  all.push(found)
  process.stdout.write(text(found, (user + system) / 1_000_000))
  if (values.record) write(setting, await told(setting, found.witnesses))
}
if (!values.rewrite) process.stdout.write(summary(all))
const complaints = complaintsOf(all, { whole: !values.rewrite && positionals.length === 0 })
process.stdout.write(complaints.map((one) => `${one}\n`).join(''))
process.exitCode = complaints.length === 0 ? 0 : 1
