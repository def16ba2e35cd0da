/** Where the CPO's invoice is found. A partner names the place and a driver opens it: only a plain web address will do. (T16) */

const BASE_AT_MOST = 255

/**
 * Base without trailing slash, "/", reference; a query of the base stays. (E-19) Undefined for anything that a driver
 * should not be sent to: no https (unless we ourselves have none), a name and password in it, a name in look-alike letters.
 */
export function invoiceUrl(base: string, reference: string, allowHttp = false): string | undefined {
  if (base.length > BASE_AT_MOST || !URL.canParse(base)) return undefined
  const url = new URL(base)
  const { protocol, username, password, hostname } = url
  if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) return undefined
  if (username !== '' || password !== '' || hostname.split('.').some((label) => label.startsWith('xn--')))
    return undefined
  url.hash = ''
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encodeURIComponent(reference)}`
  return url.toString()
}
