import { languagesOffered, say } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

export function Languages(props: ScreenProps): ReactNode {
  const { journey, device } = props
  return (
    <Frame {...props} testId="screen-language">
      <ul className="list">
        {languagesOffered(journey.offers).map((language) => (
          <li key={language}>
            <button
              type="button"
              className="row"
              lang={language}
              aria-pressed={language === journey.language}
              onClick={() => device.send({ type: 'language', language })}
              data-testid={`language-${language}`}
            >
              <span className="row-main">
                <strong>{say(language, 'language-name')}</strong>
              </span>
              {language === journey.language ? <Glyph name="check" /> : null}
            </button>
          </li>
        ))}
      </ul>
    </Frame>
  )
}
