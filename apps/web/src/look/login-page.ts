/** To the login and back; only one page of ours can be what follows. */
export function goToLogin(): void {
  if (location.pathname.startsWith('/account/')) return
  location.assign(`/account/?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`)
}

/** The company's login, and from there to the page that was asked for. */
export const companyLogin = (): string => `/account/api/company/begin?next=${encodeURIComponent(nextPage())}`

/** Why the company's login ended here; `undefined`: it did not. */
export const companyTrouble = (): string | undefined => new URLSearchParams(location.search).get('company') ?? undefined

export const cameByCompany = (): boolean => new URLSearchParams(location.search).get('came') === 'company'

export function nextPage(): string {
  const next = new URLSearchParams(location.search).get('next') ?? ''
  return /^\/(?:console\/|$)/.test(next) && !next.startsWith('//') ? next : '/console/'
}
