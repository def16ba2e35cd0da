import type { Documents } from '@plugtill/engine/documents'
import type { Page } from '@plugtill/ocpi/paging'
import type { ListAnswer } from '@plugtill/ocpi/server'

/** One page of stored texts; the prefix decides who may see them. */
export async function shelfPage(
  docs: Documents,
  shelf: string,
  of: { readonly prefix: string; readonly page: Page },
): Promise<ListAnswer> {
  const { total, items } = await docs.page(shelf, { prefix: of.prefix, ...of.page })
  return { total, items: items.map((doc) => doc.body) }
}
