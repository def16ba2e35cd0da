/** Light, dark, or as the reader's system says. */
import { keep, kept } from './kept.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export function themeNow(): Theme {
  const before = kept('theme')
  return THEMES.find((theme) => theme === before) ?? 'system'
}

export function wear(theme: Theme): void {
  keep('theme', theme)
  wearAsBefore()
}

export function wearAsBefore(): void {
  const theme = themeNow()
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
