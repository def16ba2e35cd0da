import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../src/command-line.ts'

const guide = readFileSync(new URL('../../../docs/guides/pricing.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'plugtill-guide-'))

for (const [, name = '', text = ''] of guide.matchAll(/```json (\S+)\n([\s\S]*?)```/g))
  writeFileSync(join(folder, `${name.toLowerCase()}.json`), text)

const commands = [...guide.matchAll(/```sh\nnpx plugtill (.*)\n```\n\n```text\n([\s\S]*?)\n```/g)]

test('the guide shows commands', () => {
  expect(commands).toHaveLength(3)
})

test.each(commands.map(([, command = '', shown = '']) => [command, shown]))(
  'the guide shows what this says: %s',
  async (command, shown) => {
    const out: string[] = []
    const argv = command.split(' ').map((word) => (word.endsWith('.json') ? join(folder, word) : word))
    const io = {
      env: {},
      out: (line: string) => void out.push(line),
      err: () => {},
      stopped: new AbortController().signal,
    }
    await run(argv, io)
    const said = out
      .join('\n')
      .replaceAll(`${folder}/`, '')
      .replace(/[\u00a0\u202f]/g, ' ')
    expect(said).toBe(shown)
  },
)
