/** The side bar: pages in groups, search, language, light or dark. */
import type { ReactNode } from 'react'
import { useState } from 'react'
import type { Language } from '../look/catalogue/catalogue.ts'
import { LANGUAGES, language, speak, texts } from '../look/catalogue/catalogue.ts'
import type { Theme } from '../look/theme.ts'
import { THEMES, themeNow, wear } from '../look/theme.ts'
import { Go } from './parts/go.tsx'
import { GROUPS, type Page } from './routes.ts'

export function Side({ here, onSearch }: { readonly here: Page; readonly onSearch: () => void }): ReactNode {
  const t = texts()
  const [open, setOpen] = useState(false)
  return (
    <header className="side">
      <div className="side-top">
        <a className="side-name" href="/">
          Plugtill
        </a>
        <button
          type="button"
          className="side-menu"
          aria-expanded={open}
          aria-controls="pages"
          onClick={() => setOpen(!open)}
        >
          {t.shell.menu}
        </button>
      </div>
      <div className="side-rest" data-open={open} id="pages">
        <button type="button" className="side-search" onClick={onSearch} data-testid="palette-open">
          {t.shell.search} <kbd>Ctrl K</kbd>
        </button>
        <nav aria-label={t.shell.pages}>
          {GROUPS.map(([group, pages]) => (
            <div className="side-group" key={group}>
              <p>{t.shell.groups[group]}</p>
              <ul>
                {pages.map((page) => (
                  <li key={page} data-here={page === here}>
                    <Go to={{ page }} current={page === here}>
                      {t.pages[page].title}
                    </Go>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <a className="side-account" href="/account/">
          {t.shell.account}
        </a>
        <Choices />
      </div>
    </header>
  )
}

function Choices(): ReactNode {
  const t = texts()
  const [theme, setTheme] = useState<Theme>(themeNow())
  return (
    <div className="side-choices">
      <label>
        <span className="unseen">{t.shell.language}</span>
        <select
          value={language()}
          onChange={(event) => void speak(event.target.value as Language)}
          data-testid="language"
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="unseen">{t.shell.theme}</span>
        <select
          value={theme}
          onChange={(event) => {
            const next = event.target.value as Theme
            wear(next)
            setTheme(next)
          }}
          data-testid="theme"
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {t.shell.themes[name]}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
