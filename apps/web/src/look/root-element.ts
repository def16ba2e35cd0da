/** The element of the html file into which a page is drawn. */
export function rootElement(): HTMLElement {
  const element = document.getElementById('root')
  if (!element) throw new Error('The page has no element with the id "root".')
  return element
}
