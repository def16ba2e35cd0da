/** To the login and back; only one page of ours can be what follows. */
export function goToLogin(): void {
  if (location.pathname.startsWith('/account/')) return
  location.assign(`/account/?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`)
}

export function nextPage(): string {
  const next = new URLSearchParams(location.search).get('next') ?? ''
  return /^\/(?:console\/|$)/.test(next) && !next.startsWith('//') ? next : '/console/'
}
