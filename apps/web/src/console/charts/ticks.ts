/** Round values along an axis. Pure. */
export function ticks(most: number, wanted = 4): readonly number[] {
  if (!(most > 0)) return [0, 1]
  const rough = most / wanted
  const size = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((one) => one >= rough) ?? rough
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step)
}

/** Where `value` lies between `from` and `to`, in percent. */
export const shareOf = (value: number, from: number, to: number): number =>
  to === from ? 0 : ((value - from) / (to - from)) * 100
