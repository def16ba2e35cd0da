import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { allRead } from '../src/io.ts'

test('the program ends when its slow reader has all that was printed, and not before', async () => {
  const io = join(import.meta.dirname, '..', 'src', 'io.ts')
  const program = `
    import { allRead, processIo } from ${JSON.stringify(io)}
    processIo().out('x'.repeat(3_000_000))
    await allRead([process.stdout, process.stderr])
    process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let read = 0
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (read === 0) await sleep(500)
    read += chunk.length
  }
  expect(read).toBe(3_000_001)
})

test('a reader that has gone away keeps nobody waiting', async () => {
  const gone = new PassThrough()
  gone.on('error', () => undefined)
  gone.destroy()
  await allRead([gone])
})

test('a program that does not end when it is asked ends when it is asked again', async () => {
  const io = join(import.meta.dirname, '..', 'src', 'io.ts')
  const program = `
    import { processIo } from ${JSON.stringify(io)}
    const { out, stopped } = processIo()
    stopped.addEventListener('abort', () => out('asked'))
    setInterval(() => undefined, 1_000)
    out('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  child.stdout.on('data', (chunk) => {
    told += chunk
    child.kill('SIGTERM')
  })
  const [status] = (await once(child, 'close')) as [number]
  expect([status, told]).toEqual([130, 'ready\nasked\n'])
})
