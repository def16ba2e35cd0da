/** Reed-Solomon correction words over the field of 256 that QR codes use (polynomial 0x11d). */
const POWERS = new Array<number>(255)
const LOGS = new Array<number>(256).fill(0)
for (let i = 0, value = 1; i < 255; i++) {
  POWERS[i] = value
  LOGS[value] = i
  value = value << 1 > 255 ? (value << 1) ^ 0x11d : value << 1
}

function times(a: number, b: number): number {
  if (a === 0 || b === 0) return 0
  return POWERS[((LOGS[a] ?? 0) + (LOGS[b] ?? 0)) % 255] ?? 0
}

export function reedSolomon(data: readonly number[], count: number): number[] {
  let generator = [1]
  for (let i = 0; i < count; i++) {
    const root = POWERS[i] ?? 0
    generator = [...generator, 0].map((value, k) => value ^ times(generator[k - 1] ?? 0, root))
  }
  const rest = [...data, ...new Array<number>(count).fill(0)]
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i] ?? 0
    generator.forEach((value, k) => {
      rest[i + k] = (rest[i + k] ?? 0) ^ times(value, factor)
    })
  }
  return rest.slice(data.length)
}
