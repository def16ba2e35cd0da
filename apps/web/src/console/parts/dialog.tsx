import type { ReactNode } from 'react'
import { useEffect, useId, useRef } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Without a visible heading: what it holds explains itself. */
  readonly bare?: boolean
}

/** The browser's own modal: Escape closes it, the focus stays inside and goes back where it was. */
export function Dialog({ title, onClose, children, bare }: DialogProps): ReactNode {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    element.current?.showModal()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key, and the browser hears it
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={id}
      onClose={onClose}
      onClick={({ target }) => (target === element.current ? element.current.close() : undefined)}
    >
      <div className="dialog-head" data-bare={bare}>
        <h2 id={id} className={bare ? 'unseen' : undefined}>
          {title}
        </h2>
        {bare ? null : (
          <button type="button" className="quiet-button" onClick={() => element.current?.close()}>
            {texts().panel.close}
          </button>
        )}
      </div>
      {children}
    </dialog>
  )
}
