/** A CPO names the place of its invoices, and a driver is sent there: the operator may say which hosts are good for it. (T16) */
import { OcpiError } from '@plugtill/ocpi/errors'
import type { Terminal } from '@plugtill/ocpi/modules/payments'

type Place = Pick<Terminal, 'invoice_base_url'>

export const isApproved = (hosts: readonly string[], { invoice_base_url: url }: Place): boolean =>
  hosts.length === 0 || !url || (URL.canParse(url) && hosts.includes(new URL(url).hostname))

export function assertApproved(hosts: readonly string[], word: Place): void {
  if (isApproved(hosts, word)) return
  throw new OcpiError(
    2001,
    `invoice_base_url "${word.invoice_base_url}" is at no host that was agreed for invoices (${hosts.join(', ')}). Use one of these, or ask for yours to be added.`,
  )
}
