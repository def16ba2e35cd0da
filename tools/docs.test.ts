import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorFindings } from './docs/errors.ts'
import { generatedFindings } from './docs/generated.ts'
import { messageFindings } from './docs/messages.ts'
import {
  decisionFindings,
  dependencyFindings,
  docs,
  linkFindings,
  lockFindings,
  treeFindings,
  treePaths,
} from './docs.ts'
import { readTree, root } from './tidy.ts'

const tree = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files))
const readme = '```text\nplugtill/\n  packages/   rooms\n    ocpi/     the wire\n  docs/\n```\n'

test('the documents are true of the repository', () => {
  expect(docs(readTree(), readFileSync(join(root, 'package-lock.json'), 'utf8'))).toEqual([])
})

test('the tree names only what is there, and every room', () => {
  expect(treePaths(readme)).toEqual(['packages', 'packages/ocpi', 'docs'])
  const planted = tree({ 'README.md': readme, 'packages/ocpi/package.json': '{}', 'packages/ptp/package.json': '{}' })
  expect(treeFindings(planted, (path) => path !== 'docs')).toEqual([
    'README.md: the tree names docs, which is not there.',
    'README.md: the tree forgets packages/ptp.',
  ])
  expect(treeFindings(tree({ 'README.md': '' }), () => true)).toEqual([expect.stringContaining('no tree found')])
})

test('a relative link leads somewhere', () => {
  const planted = tree({ 'docs/a.md': '[x](../b.md#part) [y](c.md) [z](https://example.com) `[no](link.md)`' })
  expect(linkFindings(planted, (path) => path === 'b.md')).toEqual(['docs/a.md: the link c.md leads nowhere.'])
})

test('a dependency has an exact version, the same everywhere, and a reason; a reason has a dependency', () => {
  const planted = tree({
    'package.json': '{"devDependencies":{"vite":"8.3.8","node":"24.21.0"}}',
    'apps/web/package.json': '{"dependencies":{"react":"^19","vite":"8.3.7","@plugtill/terminal":"0.1.0"}}',
    'docs/decisions/dependencies.md': '| `vite` | builds |\n| `react` | draws |\n| `left-pad` | pads |\n',
  })
  expect(dependencyFindings(planted)).toEqual([
    'apps/web/package.json: react "^19" is not one exact version.',
    'apps/web/package.json: vite is 8.3.7 here and 8.3.8 elsewhere.',
    'docs/decisions/dependencies.md: no reason for node.',
    'docs/decisions/dependencies.md: nobody depends on left-pad any more.',
  ])
})

test('decisions are numbered without gaps and have three parts', () => {
  const text = '**Context.** a\n**Choice.** b\n'
  expect(decisionFindings(tree({ 'docs/decisions/0002-x.md': text }))).toEqual([
    'docs/decisions/0002-x.md: expected number 0001 here.',
    'docs/decisions/0002-x.md: no **Consequence.**',
  ])
})

test('the lockfile needs no install script but the pinned Node and knows every platform', () => {
  const lock = {
    packages: {
      'node_modules/node': { hasInstallScript: true },
      'node_modules/evil': { hasInstallScript: true },
      'node_modules/tool': { optionalDependencies: { 'tool-linux': '1.0.0', 'tool-darwin': '1.0.0' } },
      'node_modules/tool-linux': {},
    },
  }
  expect(lockFindings(JSON.stringify(lock))).toEqual([
    'package-lock.json: node_modules/evil wants to run an install script.',
    'package-lock.json: tool-darwin (optional, of node_modules/tool) is missing; npm ci will refuse.',
  ])
})

test('a generated page says what the code says now', () => {
  const from = { 'docs/reference/x.md': () => '# X\n' }
  expect(generatedFindings(tree({ 'docs/reference/x.md': '# X\n' }), from)).toEqual([])
  expect(generatedFindings(tree({ 'docs/reference/x.md': '# Y\n' }), from)).toEqual([
    'docs/reference/x.md: not what the code says now. Run "npm run docs".',
  ])
})

test('every code that the source gives is explained, and no other', () => {
  const source = `throw new Fault('PEER_LOST', 'x')
    const code = kept ? 'A_B' : 'C_D'
    throw new OcpiError(2001, 'x')
    throw new Refusal('wrong-card', 'x')
    return { error: 'invalid', message }`
  const planted = tree({
    'packages/ptp/src/a.ts': source,
    'docs/reference/errors.md':
      '## OCPI status codes\n\n| `2001` | x |\n\n## Faults\n\n| `PEER_LOST` | x |\n| `GONE_LONG` | x |\n',
  })
  expect(errorFindings(planted)).toEqual([
    'docs/reference/errors.md: "Faults" does not explain A_B of packages/ptp/src/a.ts.',
    'docs/reference/errors.md: "Faults" does not explain C_D of packages/ptp/src/a.ts.',
    'docs/reference/errors.md: "Faults" explains GONE_LONG, which nobody gives.',
    'docs/reference/errors.md: "Refusals" does not explain wrong-card of packages/ptp/src/a.ts.',
    'docs/reference/errors.md: "Admin API" does not explain invalid of packages/ptp/src/a.ts.',
  ])
})

test('a message in a guide names its shape and fits it', () => {
  const guide = (block: string) => tree({ 'docs/guides/x.md': block })
  const good = '```json CommandResponse\n{ "result": "ACCEPTED", "timeout": 30 }\n```\n'
  expect(messageFindings(guide(good))).toEqual([])
  expect(messageFindings(guide(good.replace('30', '"30"')))).toEqual([expect.stringContaining('timeout')])
  expect(messageFindings(guide(good.replace(' CommandResponse', '')))).toEqual([expect.stringContaining('Known:')])
  expect(messageFindings(guide(good.replace('{', '')))).toEqual([expect.stringContaining('JSON')])
})
