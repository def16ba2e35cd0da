/** A PostgreSQL server of our own, because it is going to be killed. Every commit reaches the disk: fsync stays on. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Cluster {
  readonly port: number
  readonly url: string
  /** SIGKILL to the postmaster, then a new one as soon as the old one's children are gone. */
  readonly killAndRestart: () => Promise<void>
  readonly stop: () => void
}

const START_MS = 60_000

/** Debian keeps the server's programs out of PATH, below the version. */
export function serverPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  return [...versions.map((one) => join(debian, one, 'bin')), ...(process.env['PATH'] ?? '').split(':')].find(
    (folder) => existsSync(join(folder, 'initdb')),
  )
}

export async function openCluster(port: number): Promise<Cluster> {
  const programs = serverPrograms()
  if (programs === undefined)
    throw new Error('There is no initdb here: install the PostgreSQL server (apt-get install postgresql).')
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-fire-pg-'))
  // The server refuses to run as root.
  const asUser = process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  if (asUser.length > 0) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
    chownSync(folder, id('-u'), id('-g'))
  }
  const data = join(folder, 'data')
  const run = (program: string, args: readonly string[]) => {
    const [command = '', ...rest] = [...asUser, join(programs, program), ...args]
    return spawnSync(command, rest, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const made = run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'])
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=${folder} -c max_connections=60`
  const starter = [
    ...asUser,
    join(programs, 'pg_ctl'),
    '-D',
    data,
    '-w',
    '-l',
    join(folder, 'log'),
    '-o',
    options,
    'start',
  ]
  const start = async () => {
    const end = Date.now() + START_MS
    for (;;) {
      const [command = '', ...rest] = starter
      const [status] = (await once(spawn(command, rest, { cwd: folder, stdio: 'ignore' }), 'exit')) as [number | null]
      if (status === 0) return
      const log = readFileSync(join(folder, 'log'), 'utf8').slice(-2000)
      if (Date.now() > end) throw new Error(`PostgreSQL does not start: ${log}`)
      await sleep(100)
    }
  }
  await start()
  const postmaster = () => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    killAndRestart: async () => {
      process.kill(postmaster(), 'SIGKILL')
      await start()
    },
    stop: () => {
      run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop'])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
