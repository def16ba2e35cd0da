/**
 * Which Node runs Plugtill: the one pinned in the root's package.json and installed from npm, or a recent
 * enough one at hand. Plain JavaScript for Node >= 18, because this file is read by whatever Node starts npm.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** The clone: three folders above this file. */
export const root = dirname(dirname(dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))))

/** From here on Node runs TypeScript files without a flag. */
const oldestUsable = [22, 18]

export const pinnedVersion = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node

function candidates() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const exe = platform === 'win' ? 'node.exe' : 'node'
  const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const arch = `${prefix}-${platform}-${process.arch}`
  const modules = join(root, 'node_modules')
  return [
    join(modules, 'node', 'bin', exe),
    join(modules, 'node', 'node_modules', arch, 'bin', exe),
    join(modules, arch, 'bin', exe),
  ]
}

/** Path of the pinned Node, or undefined when it is absent or does not run on this machine. */
export function pinnedNode() {
  for (const path of candidates()) {
    if (!existsSync(path)) continue
    if (realpathSync(process.execPath) === realpathSync(path) && process.version === `v${pinnedVersion}`) return path
    const answer = spawnSync(path, ['--version'], { encoding: 'utf8' })
    if (answer.status === 0 && answer.stdout.trim() === `v${pinnedVersion}`) return path
  }
  return undefined
}

export function atLeast(version, [major, minor]) {
  const [a = 0, b = 0] = version.replace(/^v/, '').split('.').map(Number)
  return a > major || (a === major && b >= minor)
}

/** The pinned Node, else the one at hand when it is recent enough, else undefined. */
export function usableNode() {
  return pinnedNode() ?? (atLeast(process.version, oldestUsable) ? process.execPath : undefined)
}

export function tooOld() {
  return (
    `Node ${process.version} is too old for Plugtill and the pinned Node ${pinnedVersion} is not installed ` +
    `(looked in ${candidates()[0]}). Run "npm ci" with access to the npm registry, or use Node ${oldestUsable.join('.')} or newer.`
  )
}

/** Becomes `node …args`: same terminal, same signals, same exit status. Never returns. */
export function become(node, args, env = process.env) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.removeAllListeners('warning') // execve announces itself as experimental
    process.execve(node, [node, ...args], definedOnly(env))
  }
  const child = spawn(node, args, { stdio: 'inherit', env })
  const forward = (signal) => child.kill(signal)
  // A terminal sends Ctrl-C to the whole group; sending it on would make one key press count twice.
  process.on('SIGINT', () => process.stdin.isTTY || forward('SIGINT'))
  process.on('SIGTERM', forward)
  process.on('SIGHUP', forward)
  child.on('error', (error) => fail(`Could not start ${node}: ${error.message}`))
  child.on('exit', (status, signal) => process.exit(signal ? 128 + constants.signals[signal] : (status ?? 3)))
}

function definedOnly(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))
}

/** One line on stderr and status 3: could not run. */
export function fail(message) {
  process.stderr.write(`plugtill: ${message}\n`)
  process.exit(3)
}
