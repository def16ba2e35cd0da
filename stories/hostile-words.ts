/** What strangers put where a name or a sentence is expected. */

export const SCRIPT = '<script>window.hacked=1</script><img src=x onerror=window.hacked=1>"\'--'
/** Turned around, isolated, Arabic, and invisible in between. */
export const TURNED = '\u202Eebircs\u2066 \u200Fمرحبا\u200B\u200D\uFEFF \u202A--'
export const CONTROLS = 'a\u0000b\u0007c\u001B[31m\u2028d\u0085\uD800'
export const PICTURES = `${'👩‍👩‍👧‍👦🔌🏴‍☠️'.repeat(30)}z\u0338\u0337\u0336${'\u0301'.repeat(60)}`
export const ENDLESS = 'W'.repeat(10_000)
/** Nothing of it can be seen. */
export const UNSEEN = '\u3164\u200B\u202E'

/** Runs in the page: what ran there, what could turn round the words beside it, and texts longer than anybody reads. */
export function strange(most: number): readonly string[] {
  const found: string[] = 'hacked' in window ? ['it ran'] : []
  const texts = [document.title]
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) texts.push(walker.currentNode.textContent ?? '')
  for (const one of document.querySelectorAll('[aria-label],[title],[alt],[placeholder]'))
    for (const name of ['aria-label', 'title', 'alt', 'placeholder']) texts.push(one.getAttribute(name) ?? '')
  for (const text of texts) {
    const [sign] = /(?![\n\t])[\p{Cc}\p{Cs}\u2028\u202A-\u202E\u2066\u2067]/u.exec(text) ?? []
    if (sign !== undefined) found.push(`U+${sign.charCodeAt(0).toString(16)} in "${text.slice(0, 80)}"`)
    if (text.length > most) found.push(`${text.length} signs: "${text.slice(0, 80)}"`)
  }
  return [...new Set(found)]
}
