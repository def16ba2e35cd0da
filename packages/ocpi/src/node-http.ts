/** A `Serve` behind node:http: the body read, the answer written, nothing else. All rules are the OCPI server's own. */
import { isAscii } from 'node:buffer'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Headers, Serve, WireRequest, WireResponse } from './wire.ts'

/** More than the OCPI server reads has to arrive there, so that it is the one who says so. (T26) */
const ENOUGH_BYTES = 1_000_001

/** For `createServer`. `origin` is the public one, which stands before the path in every request. */
export function listenerOf(serve: Serve, origin: () => string): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      // The rest is read and thrown away, so that the answer can arrive.
      if (size < ENOUGH_BYTES) chunks.push(chunk)
      size += chunk.length
    })
    request.on('end', () => {
      const [only] = chunks
      const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
      const ascii = isAscii(bytes)
      const asked = {
        // A method OCPI does not know is answered 405 by the server.
        method: request.method as WireRequest['method'],
        url: origin() + (request.url ?? '/'),
        headers: headersOf(request),
        // The same text, read without looking for characters of several bytes.
        body: bytes.toString(ascii ? 'latin1' : 'utf8'),
        ascii,
      }
      serve(asked).then(
        (answer) => write(response, answer),
        () => response.destroy(),
      )
    })
  }
}

/** Names are in lower case and repeated headers joined already; only one kind is kept as a list. */
export function headersOf({ headers }: Pick<IncomingMessage, 'headers'>): Headers {
  const cookies = headers['set-cookie']
  return cookies === undefined ? (headers as Headers) : ({ ...headers, 'set-cookie': cookies.join(', ') } as Headers)
}

function write(response: ServerResponse, { status, headers, body }: WireResponse): void {
  const size = Buffer.byteLength(body)
  const lines = ['content-length', String(size)]
  for (const name in headers) lines.push(name, headers[name] as string)
  // A byte for each character is ASCII, which both encodings write alike, this one sooner.
  response.writeHead(status, lines).end(body, size === body.length ? 'latin1' : 'utf8')
}
