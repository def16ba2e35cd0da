/** Texts of strangers, made fit for paper: one line, nothing unseen that turns or hides what stands beside it. */

const MOST = 300
/** Line ends and other controls, which would move the pen. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
/** Signs that are not seen themselves: direction marks and overrides, joiners, soft hyphens, tags. */
const UNSEEN = /[\p{Cf}\p{Co}\p{Cn}]+/gu
/** Towers of accents. */
const TOWERS = /(\p{M}{3})\p{M}+/gu
/** Picture sequences count as one sign; nothing below cuts a surrogate pair. */
const ELLIPSIS = '…'

/** At most `most` characters; what is longer says so by an ellipsis. */
export function printable(text: string, most = MOST): string {
  // Cut roughly first: work must not grow with what a stranger sends.
  const near = text.slice(0, most * 8).toWellFormed()
  const clean = near.replace(CONTROLS, ' ').replace(UNSEEN, '').replace(TOWERS, '$1').trim()
  const signs = Array.from(clean)
  return signs.length > most ? signs.slice(0, most - 1).join('') + ELLIPSIS : clean
}

/** Everything of HTML and XML that could begin or end something. */
export const escaped = (text: string): string => text.replace(/[&<>"'`=]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** A link is opened only where it leads to a web page. */
export function webLink(url: string): string | undefined {
  if (url.length > 1000 || !URL.canParse(url)) return undefined
  const { protocol, href, username, password } = new URL(url)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' ? href : undefined
}
