/** Signs that are not seen, or turn what follows: whoever reads a message reads all of it. Joiners belong to pictures. */
const UNSEEN = /(?![\n\t]|\u200C|\u200D)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Spelled as JSON spells them, so that a copied message stays the same. */
export function spelled(text: string): string {
  return text.replace(UNSEEN, (sign) =>
    sign
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
