/** `1 payment`, `2 payments`: a number of things by their name in the singular. */
export const countText = (many: number, name: string): string => `${many} ${name}${many === 1 ? '' : 's'}`
