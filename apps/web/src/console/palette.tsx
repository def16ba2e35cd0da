/** The command palette: pages, payments by any id, partners, and what can be done; or the list of keys. */

import type { KeyboardEvent, ReactNode } from 'react'
import { useEffect, useRef, useState } from 'react'
import { texts } from '../look/catalogue/catalogue.ts'
import { money } from '../look/format.ts'
import { useLive } from '../look/live.ts'
import { pathPart } from '../look/path-part.ts'
import { listOf } from '../look/platform-api.ts'
import { THEMES, wear } from '../look/theme.ts'
import type { PaletteMode } from './keys.ts'
import { LETTERS } from './keys.ts'
import { Dialog } from './parts/dialog.tsx'
import type { PaymentInfo } from './payment/info.ts'
import { goTo, PAGES } from './routes.ts'

interface Command {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly hint?: string
  readonly run: () => void
}

interface PaletteProps {
  readonly mode: PaletteMode
  readonly onClose: () => void
}

export function Palette({ mode, onClose }: PaletteProps): ReactNode {
  const t = texts()
  return mode === 'keys' ? (
    <Dialog title={t.palette.keys} onClose={onClose}>
      <KeyList />
    </Dialog>
  ) : (
    <Dialog title={t.palette.title} onClose={onClose} bare>
      <Commands onClose={onClose} />
    </Dialog>
  )
}

function Commands({ onClose }: Pick<PaletteProps, 'onClose'>): ReactNode {
  const t = texts()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const found = useCommands(text)
  const chosen = Math.min(at, found.length - 1)
  const run = (command: Command | undefined): void => {
    if (!command) return
    onClose()
    command.run()
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((chosen + step + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(found[chosen])
    }
  }
  return (
    <div className="palette">
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found[chosen] ? `command-${found[chosen].id}` : undefined}
        aria-label={t.palette.field}
        placeholder={t.palette.field}
        autoComplete="off"
        value={text}
        data-testid="palette-field"
        // biome-ignore lint/a11y/noAutofocus: a dialog that was asked for puts the cursor where typing goes on
        autoFocus
        onKeyDown={onKey}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
      />
      <Found commands={found} chosen={chosen} onChoose={setAt} onRun={run} />
      {found.length === 0 ? <p className="quiet">{t.palette.nothing}</p> : null}
    </div>
  )
}

interface FoundProps {
  readonly commands: readonly Command[]
  readonly chosen: number
  readonly onChoose: (index: number) => void
  readonly onRun: (command: Command) => void
}

function Found({ commands, chosen, onChoose, onRun }: FoundProps): ReactNode {
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is what moves the list
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <div role="listbox" id="commands" aria-label={texts().palette.title} ref={list} tabIndex={-1}>
      {commands.map((command, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field above holds the cursor and listens to the keys
        <div
          key={command.id}
          id={`command-${command.id}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onClick={() => onRun(command)}
          onPointerMove={() => onChoose(index)}
        >
          <span className="command-group">{command.group}</span>
          <span className="command-name">{command.name}</span>
          {command.hint ? <kbd>{command.hint}</kbd> : null}
        </div>
      ))}
    </div>
  )
}

const MOST = 40

function useCommands(text: string): readonly Command[] {
  const t = texts()
  const words = text.trim().toLowerCase()
  const search = words.length < 2 ? undefined : `/ptp/api/payments?limit=6&q=${pathPart(text.trim())}`
  const payments = listOf(useLive<readonly PaymentInfo[]>(search, ['payments']))
  const fixed: readonly Command[] = [
    ...PAGES.map((page) => ({
      id: `page-${page}`,
      group: t.palette.goTo,
      name: t.pages[page].title,
      hint: LETTERS[page] ? `g ${LETTERS[page]}` : '',
      run: () => goTo({ page }),
    })),
    ...THEMES.map((theme) => ({
      id: `theme-${theme}`,
      group: t.shell.theme,
      name: t.shell.themes[theme],
      run: () => wear(theme),
    })),
  ]
  const matching = fixed.filter(({ group, name }) => `${group} ${name}`.toLowerCase().includes(words))
  const found = payments.map((payment) => ({
    id: `payment-${payment.reference}`,
    group: t.palette.payment,
    name: `${payment.reference} · ${payment.state}${payment.held ? ` · ${money(payment.held)}` : ''}`,
    run: () => goTo({ page: 'payments', detail: payment.reference }),
  }))
  return [...found, ...matching].slice(0, MOST)
}

function KeyList(): ReactNode {
  const t = texts()
  const rows: readonly (readonly [string, string])[] = [
    ['Ctrl K', t.palette.title],
    ['/', t.palette.searchKey],
    ['j, k', t.palette.moveKey],
    ['?', t.palette.keys],
    ...PAGES.flatMap((page) => (LETTERS[page] ? [[`g ${LETTERS[page]}`, t.pages[page].title] as const] : [])),
  ]
  return (
    <dl className="key-list">
      {rows.map(([key, name]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{name}</dd>
        </div>
      ))}
    </dl>
  )
}
