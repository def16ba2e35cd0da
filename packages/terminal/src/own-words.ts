/** Words of strangers on a screen: bounded, in one line and in their own direction, so that they move none of ours. */

const MOST = 300
/** Line ends and other controls. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
/** Not seen themselves: orders to turn what follows, fillers, tags. Joiners stay, pictures and many scripts need them. */
const UNSEEN = /(?!\u200C|\u200D|\uFE0E|\uFE0F)\p{Default_Ignorable_Code_Point}/gu
/** Towers of accents. */
const TOWERS = /(\p{M}{3})\p{M}+/gu
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u
const SEEN = /[^\s\p{M}\p{Default_Ignorable_Code_Point}]/u
/** Unicode's own walls around a text whose first letter decides its direction: they also hold in titles and labels. */
const [ISOLATE, END] = ['\u2068', '\u2069']

/** At most `most` signs, what is longer says so by an ellipsis; empty when nothing of it could be seen. */
export function ownWords(text: string, most = MOST): string {
  // Cut roughly first: work must not grow with what a stranger sends.
  const near = text.slice(0, most * 8).toWellFormed()
  const clean = near.replace(CONTROLS, ' ').replace(UNSEEN, '').replace(TOWERS, '$1').trim()
  if (!SEEN.test(clean)) return ''
  const signs = Array.from(clean)
  const fits = signs.length > most ? `${signs.slice(0, most - 1).join('')}…` : clean
  return RIGHT_TO_LEFT.test(fits) ? ISOLATE + fits + END : fits
}
