/** The keyboard: Ctrl or Cmd with K opens the palette, g and a letter goes to a page, / searches, ? shows all of it. */
import { useCallback, useEffect, useState } from 'react'
import type { Page } from './routes.ts'
import { goTo } from './routes.ts'

/** The letter after g. */
export const LETTERS: Readonly<Partial<Record<Page, string>>> = {
  overview: 'o',
  payments: 'p',
  sessions: 's',
  cdrs: 'd',
  traffic: 't',
  reconciliation: 'r',
  connect: 'c',
  milestones: 'm',
  partners: 'a',
  tokens: 'k',
  contracts: 'n',
  terminals: 'e',
  chargers: 'h',
  locations: 'l',
  tariffs: 'f',
  faults: 'b',
  settings: 'i',
}

export type PaletteMode = 'commands' | 'keys'

const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

const AFTER_G_MS = 1_200

export function useKeys() {
  const [palette, setPalette] = useState<PaletteMode | undefined>()
  useEffect(() => {
    let gAt = 0
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setPalette('commands')
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || document.querySelector('dialog[open]'))
        return
      const page = Date.now() - gAt < AFTER_G_MS && pageOf(event.key)
      gAt = event.key === 'g' ? Date.now() : 0
      if (page) goTo({ page })
      else if (event.key === '?') setPalette('keys')
      else if (event.key === '/' || event.key === 'j' || event.key === 'k') {
        const moved = event.key === '/' ? toSearch() : toRow(event.key === 'j' ? 1 : -1)
        if (moved) event.preventDefault()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return {
    palette,
    openPalette: useCallback(() => setPalette('commands'), []),
    closePalette: useCallback(() => setPalette(undefined), []),
  }
}

const pageOf = (key: string): Page | undefined =>
  (Object.entries(LETTERS) as [Page, string][]).find(([, letter]) => letter === key)?.[0]

function toSearch(): boolean {
  const field = document.querySelector<HTMLElement>('main input[type=search]')
  field?.focus()
  return field !== null
}

/** The next link or line of a list. */
function toRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main tbody tr a:first-of-type, main summary')].filter(
    (row) => row.offsetParent !== null,
  )
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[at === -1 ? (step === 1 ? 0 : rows.length - 1) : at + step]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}
