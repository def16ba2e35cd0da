import { qrCode } from '@plugtill/terminal/qr'
import type { ReactNode } from 'react'
import { useMemo } from 'react'

const QUIET = 4

/** A code for the driver's phone: always dark on white, whatever the page's colours are. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const drawn = useMemo(() => {
    const code = qrCode(text)
    if (!code) return undefined
    let path = ''
    for (let y = 0; y < code.size; y++) {
      for (let x = 0; x < code.size; x++) if (code.dark(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`
    }
    return { path, side: code.size + 2 * QUIET }
  }, [text])
  if (!drawn) return null
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${drawn.side} ${drawn.side}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      data-testid="receipt-qr"
    >
      <rect width={drawn.side} height={drawn.side} fill="#ffffff" />
      <path d={drawn.path} fill="#000000" />
    </svg>
  )
}
