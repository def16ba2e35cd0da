#!/usr/bin/env node
/** `npx plugtill …`: hands over to src/main.ts on the right Node, whatever Node npx was started with. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { become, fail, root, tooOld, usableNode } from './pinned-node.mjs'

if (!existsSync(join(root, 'node_modules'))) {
  fail(
    `the packages are not installed (${join(root, 'node_modules')} is missing). Run "npm start" or "npm ci" in ${root}.`,
  )
}
const node = usableNode() ?? fail(tooOld())
const main = join(root, 'apps', 'cli', 'src', 'main.ts')
become(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)])
