/**
 * What `npm start`, `npm test` and the other scripts run. Makes a fresh clone ready (packages, pinned Node, web app),
 * then hands over to the real program. Plain JavaScript for Node >= 18 without dependencies: it runs before
 * anything is installed. Everything it says goes to stderr.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import process from 'node:process'
import { become, fail, pinnedNode, pinnedVersion, root, tooOld, usableNode } from '../apps/cli/bin/pinned-node.mjs'

const modules = join(root, 'node_modules')
const stamps = join(modules, '.plugtill')
const say = (line) => process.stderr.write(`plugtill: ${line}\n`)
const at = (...parts) => join(root, ...parts)
const quiet = '--disable-warning=ExperimentalWarning'

// ---- packages

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex')
const readStamp = (name) => (existsSync(join(stamps, name)) ? readFileSync(join(stamps, name), 'utf8') : undefined)

function writeStamp(name, text) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), text)
}

/** True when somebody else's `npm ci` or `npm install` already left exactly what the lockfile asks for. */
function matchesLock() {
  const hidden = join(modules, '.package-lock.json')
  if (!existsSync(hidden)) return false
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.optional || entry.devOptional || entry.peer) return true
    return present[path]?.version === entry.version && existsSync(at(path))
  })
}

function npm(args, options = {}) {
  const cli = process.env.npm_execpath
  const own = cli && /npm-cli\.[cm]?js$/.test(cli) && existsSync(cli)
  const [command, first] = own ? [process.execPath, [cli]] : ['npm', []]
  return spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !own && process.platform === 'win32',
    ...options,
  })
}

function ensurePackages() {
  const wanted = lockHash()
  if (existsSync(modules) && readStamp('packages') === wanted) return
  if (!matchesLock()) {
    say(existsSync(modules) ? 'package-lock.json changed: installing packages …' : 'first run: installing packages …')
    const began = Date.now()
    const result = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false', '--include=dev'])
    if (result.status !== 0)
      fail(`npm ci failed (status ${result.status}). The first install needs the npm registry; see the lines above.`)
    say(`packages installed in ${Math.round((Date.now() - began) / 1000)} s`)
  }
  writeStamp('packages', wanted)
}

/** The pinned Node comes by an install script, the only one needed. Where scripts are off, it is run from here. */
function ensureNode() {
  const found = pinnedNode()
  if (found) return found
  const place = join(modules, 'node')
  if (readStamp('node') !== pinnedVersion && existsSync(join(place, 'installArchSpecificPackage.js'))) {
    say(`fetching the pinned Node ${pinnedVersion} …`)
    spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
      cwd: place,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, INIT_CWD: place },
    })
    const fetched = pinnedNode()
    if (fetched) return fetched
    writeStamp('node', pinnedVersion) // tried once: do not wait for the network at every start
  }
  const other = usableNode() ?? fail(tooOld())
  say(`the pinned Node ${pinnedVersion} does not run here; going on with ${process.version}`)
  return other
}

// ---- web app

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

function webHash() {
  const hash = createHash('sha256').update(lockHash())
  const paths = [...filesBelow(at('apps', 'web')), ...filesBelow(at('packages', 'terminal'))].filter(
    (path) => !/\.test\.tsx?$/.test(path),
  )
  for (const path of paths.sort())
    hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

/** Builds apps/web into apps/web/dist when its sources are not those of the last build. */
function ensureWeb(node) {
  const configured = ['vite.config.ts', 'index.html'].some((name) => existsSync(at('apps', 'web', name)))
  if (!configured) return
  const wanted = webHash()
  const dist = at('apps', 'web', 'dist')
  if (readStamp('web') === wanted && existsSync(dist) && statSync(dist).isDirectory() && readdirSync(dist).length > 0)
    return
  say('building the web app …')
  const built = spawnSync(node, [at('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: at('apps', 'web'),
    stdio: ['ignore', 2, 2],
    // Whoever starts this from a test has NODE_ENV=test, which would bring React's development build.
    env: { ...environment(node), NODE_ENV: 'production' },
  })
  if (built.status !== 0) fail(`the web app could not be built (vite, status ${built.status}); see the lines above.`)
  writeStamp('web', wanted)
}

// ---- hand over

/** Programs that look for `node` or a package's command find the pinned one and ours. */
function environment(node) {
  const path = [dirname(node), join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter)
  return { ...process.env, PATH: path }
}

const vitest = () => at('node_modules', 'vitest', 'vitest.mjs')

/** Types, lint, tidy, docs, size of the pages: all of them, then one verdict. */
function check(node) {
  ensureWeb(node)
  const steps = [
    ['types', node, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']],
    ['lint', node, [at('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check']],
    ['tidy', node, [quiet, at('tools', 'tidy.ts')]],
    ['docs', node, [quiet, at('tools', 'docs.ts')]],
    ['weight', node, [quiet, at('tools', 'weight.ts')]],
  ]
  const failed = []
  for (const [name, command, args] of steps) {
    say(`check ${name} …`)
    if (
      spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: environment(node) })
        .status !== 0
    )
      failed.push(name)
  }
  say(failed.length === 0 ? 'check: all good' : `check: failed in ${failed.join(', ')}`)
  process.exit(failed.length === 0 ? 0 : 1)
}

/** Names choose benches; what begins with -- is for the benches themselves. */
function bench(node, args) {
  const names = args.filter((arg) => !arg.startsWith('--'))
  const flags = args.filter((arg) => arg.startsWith('--'))
  const all = (existsSync(at('bench')) ? readdirSync(at('bench')) : [])
    .filter((name) => name.endsWith('.bench.ts'))
    .sort()
  const chosen = names.length === 0 ? all : all.filter((file) => names.includes(file.replace('.bench.ts', '')))
  if (chosen.length === 0)
    fail(`no bench is named ${names.join(', ') || '*.bench.ts'}. There are: ${all.join(', ') || 'none'}.`)
  for (const file of chosen) {
    const ran = spawnSync(node, [quiet, at('bench', file), ...flags], {
      cwd: root,
      stdio: 'inherit',
      env: environment(node),
    })
    if (ran.status !== 0) process.exit(ran.status ?? 1)
  }
}

const commands = {
  start: (node, args) => {
    ensureWeb(node)
    become(node, [quiet, at('apps', 'cli', 'src', 'main.ts'), 'sandbox', ...args], environment(node))
  },
  test: (node, args) => {
    ensureWeb(node)
    become(node, [quiet, vitest(), 'run', '--root', root, ...args], environment(node))
  },
  stories: (node, args) => {
    ensureWeb(node)
    become(node, [quiet, vitest(), 'run', '--root', root, '--dir', 'stories', ...args], environment(node))
  },
  check,
  docs: (node) => become(node, [quiet, at('tools', 'docs.ts'), '--write'], environment(node)),
  bench,
  // 50,000 sessions on all cores, unless something else is asked for.
  world: (node, args) =>
    become(
      node,
      [quiet, at('apps', 'cli', 'src', 'main.ts'), 'world', ...(args.length > 0 ? args : ['--sessions', '50000'])],
      environment(node),
    ),
  fire: (node, args) => become(node, [quiet, at('tools', 'fire', 'fire.ts'), ...args], environment(node)),
  planted: (node, args) =>
    become(node, [quiet, at('packages', 'world', 'test', 'planted', 'run.ts'), ...args], environment(node)),
  pictures: (node) => {
    ensureWeb(node)
    become(node, [quiet, at('stories', 'take-pictures.ts')], environment(node))
  },
  // Millions of worlds: more memory than usual.
  explore: (node, args) =>
    become(
      node,
      [quiet, '--max-old-space-size=8000', at('packages', 'ptp', 'test', 'explore', 'run.ts'), ...args],
      environment(node),
    ),
  mutate: (node, args) => become(node, [quiet, at('tools', 'mutate.ts'), ...args], environment(node)),
  build: (node) => {
    ensureWeb(node)
    become(node, [quiet, at('tools', 'bundle.ts')], environment(node))
  },
}

const [name = '', ...args] = process.argv.slice(2)
const command = commands[name] ?? fail(`"${name}" is not something to run. Known: ${Object.keys(commands).join(', ')}.`)
ensurePackages()
command(ensureNode(), args)
