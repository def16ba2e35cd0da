/** A text as one part of a path. Half a sign, such as a partner may send, cannot be written in an address and is replaced. */
export const pathPart = (text: string | null | undefined): string => encodeURIComponent(String(text).toWellFormed())
