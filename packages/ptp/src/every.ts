/** All entities of a kind, however many there are. */
import type { ListOptions } from '@plugtill/engine/engine'
import type { Entity } from '@plugtill/engine/machine'

const PAGE = 5_000

/** All that are wanted, page by page from the newest to the oldest: none is too old to be read. */
export async function* every<E extends Entity>(
  desk: { readonly list: (options: ListOptions) => Promise<readonly E[]> },
  wanted: Pick<ListOptions, 'named' | 'until'> & { readonly states?: readonly E['state'][] } = {},
): AsyncGenerator<E> {
  for (let before: string | undefined; ; ) {
    const page = await desk.list({ ...wanted, limit: PAGE, ...(before !== undefined && { before }) })
    yield* page
    before = page.at(-1)?.id
    if (page.length < PAGE) return
  }
}
