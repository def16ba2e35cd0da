/** What HTTP Archive 1.2 asks of a file, as far as it has to be there. (http://www.softwareishard.com/blog/har-12-spec) */
import Type from 'typebox'
import { Errors } from 'typebox/value'
import { expect } from 'vitest'

const Text = Type.String()
const Count = Type.Integer({ minimum: -1 })
const Ms = Type.Number({ minimum: 0 })
const Named = Type.Array(Type.Object({ name: Text, value: Text }))
const Sizes = { cookies: Type.Array(Type.Object({})), headers: Named, headersSize: Count, bodySize: Count }

const Har = Type.Object({
  log: Type.Object({
    version: Type.Literal('1.2'),
    creator: Type.Object({ name: Type.String({ minLength: 1 }), version: Type.String({ minLength: 1 }) }),
    entries: Type.Array(
      Type.Object({
        startedDateTime: Type.String({
          pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
        }),
        time: Ms,
        request: Type.Object({
          ...{ method: Type.String({ minLength: 1 }), url: Type.String({ pattern: '^[a-z]+://' }), httpVersion: Text },
          ...{ ...Sizes, queryString: Named },
          postData: Type.Optional(Type.Object({ mimeType: Text, text: Text })),
        }),
        response: Type.Object({
          ...{ status: Type.Integer({ minimum: 0, maximum: 599 }), statusText: Text, httpVersion: Text },
          ...{ ...Sizes, redirectURL: Text },
          content: Type.Object({ size: Count, mimeType: Text, text: Type.Optional(Text) }),
        }),
        cache: Type.Object({}),
        timings: Type.Object({ send: Ms, wait: Ms, receive: Ms }),
      }),
    ),
  }),
})

export function expectHar(file: unknown): void {
  expect(Errors(Har, file)).toEqual([])
  const { log } = file as { log: { entries: readonly { request: { url: string } }[] } }
  expect(log.entries.length).toBeGreaterThan(10)
  const urls = log.entries.map(({ request }) => request.url)
  expect(urls.some((url) => url.startsWith('ocpp://'))).toBe(true)
  expect(urls.some((url) => url.includes('/ocpi/'))).toBe(true)
}
