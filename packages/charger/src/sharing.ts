/**
 * Shares what a station may draw among its connectors: nobody gets more than they can use, what one does not need goes
 * to the others, and what nobody needs stays on offer in equal parts.
 */
export function share(totalW: number, wishesW: readonly number[]): readonly number[] {
  let left = totalW
  let waiting = wishesW.map((wish, index) => ({ wish, index })).toSorted((a, b) => a.wish - b.wish)
  const shares = wishesW.map(() => 0)
  while (waiting.length > 0) {
    const [smallest, ...others] = waiting
    if (!smallest) break
    const part = left / waiting.length
    if (smallest.wish > part) {
      for (const { index } of waiting) shares[index] = part
      return shares
    }
    shares[smallest.index] = smallest.wish
    left -= smallest.wish
    waiting = others
  }
  return shares.map((given) => given + left / shares.length)
}
