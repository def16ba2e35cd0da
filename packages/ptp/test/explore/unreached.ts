/** Cells that change something and that no exploration reaches, with the reason why they stand there all the same. */
export const UNREACHED: Readonly<Record<string, readonly string[]>> = {}
