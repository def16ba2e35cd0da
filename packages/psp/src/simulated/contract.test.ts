import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, test } from 'vitest'
import { pspContract } from '../contract.ts'
import { cards } from './contract-cards.ts'
import type { Ledger } from './ledger.ts'
import { openLedger } from './ledger.ts'
import { createSimulatedPsp } from './provider.ts'

function subject(ledger: Ledger, again: () => Ledger) {
  let now = Date.parse('2026-03-01T12:00:00Z')
  const clock = { now: () => now, after: () => () => {} }
  const build = (books: Ledger) => createSimulatedPsp({ clock, ledger: books, random: () => 0.42 })
  return {
    psp: build(ledger),
    now: () => now,
    advance: (ms: number) => {
      now += ms
    },
    reopen: () => build(again()),
  }
}

describe('with a ledger in memory', () => {
  pspContract(
    test,
    () => {
      const ledger = openLedger()
      return subject(ledger, () => ledger)
    },
    { cards },
  )
})

describe('with a ledger in a file', () => {
  const opened: Ledger[] = []
  const folders: string[] = []
  const open = (file: string) => {
    const ledger = openLedger({ file })
    opened.push(ledger)
    return ledger
  }
  afterEach(() => {
    for (const ledger of opened.splice(0)) ledger.close()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  pspContract(
    test,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'plugtill-psp-'))
      folders.push(folder)
      const file = join(folder, 'ledger.sqlite')
      return subject(open(file), () => open(file))
    },
    { cards },
  )
})
