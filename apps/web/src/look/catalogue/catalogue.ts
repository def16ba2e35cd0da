/** The words of console and start page in the reader's language; English is there at once, others come when asked for. */
import { useSyncExternalStore } from 'react'
import { keep, kept } from '../kept.ts'
import { en } from './en.ts'

export type Texts = typeof en

export const LANGUAGES = { en: 'English', de: 'Deutsch', nl: 'Nederlands' } as const
export type Language = keyof typeof LANGUAGES

const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
  en: async () => en,
  de: async () => (await import('./de.ts')).de,
  nl: async () => (await import('./nl.ts')).nl,
}

let spoken: { readonly language: Language; readonly texts: Texts } = { language: 'en', texts: en }
const listeners = new Set<() => void>()

/** The whole page is drawn anew when the language changes, so nobody needs to watch this. */
export const texts = (): Texts => spoken.texts
export const language = (): Language => spoken.language

const isLanguage = (text: string | undefined): text is Language => text !== undefined && Object.hasOwn(LANGUAGES, text)

export async function speak(wanted: Language): Promise<void> {
  keep('language', wanted)
  spoken = { language: wanted, texts: await LOADERS[wanted]() }
  document.documentElement.lang = wanted
  for (const listener of listeners) listener()
}

/** Before the first drawing, so that nobody sees another language flash by. */
export async function speakAsBefore(): Promise<void> {
  const before = kept('language')
  if (isLanguage(before) && before !== 'en') await speak(before)
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => spoken.language,
  )
}
