import type { ReactNode } from 'react'

const PATHS = {
  home: 'M4 11 12 4l8 7M6.500 9.500V20h11V9.500',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  globe:
    'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.500 12h17M12 3c2.600 2.600 3.600 5.600 3.600 9s-1 6.400-3.600 9c-2.600-2.600-3.600-5.600-3.600-9S9.400 5.600 12 3z',
  contactless:
    'M7 8.500c1.400 2.300 1.400 4.700 0 7M11 6.200c2.400 3.800 2.400 7.800 0 11.600M15 4c3.300 5.300 3.300 10.700 0 16',
  stop: 'M7 7h10v10H7z',
  bolt: 'M13 3 5.500 13.500H11L10 21l8-11h-5.500z',
  receipt: 'M6 3.500h12v17l-2.400-1.700L13.200 20.500l-2.400-1.700L8.400 20.500 6 18.800zM9 8.500h6M9 12.500h6',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  cross: 'M6 6l12 12M18 6L6 18',
  pause: 'M12 7v6M12 16.500v.100',
  plug: 'M8.500 3.500v5M15.500 3.500v5M5.500 8.500h13v3a6.500 6.500 0 0 1-13 0zM12 18v3',
} as const

export type GlyphName = keyof typeof PATHS

/** Line icons of one weight; decoration only, the words beside them carry the meaning. */
export function Glyph({ name }: { readonly name: GlyphName }): ReactNode {
  return (
    <svg
      className="glyph"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
