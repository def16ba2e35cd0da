import { expect, test } from 'vitest'
import { describe, readForm } from './description.ts'
import type { Json } from './reduce.ts'
import { reduce } from './reduce.ts'

const document: Json = {
  paths: {
    '/things/{id}': {
      post: {
        parameters: [{ name: 'expand', in: 'query' }],
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                required: ['n'],
                properties: { n: { type: 'integer' }, m: { type: 'string' } },
              },
            },
          },
        },
        responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/thing' } } } } },
      },
    },
  },
  components: {
    schemas: {
      thing: {
        type: 'object',
        required: ['id', 'kind', 'note'],
        properties: {
          id: { type: 'string', description: 'words' },
          kind: { enum: ['a', 'b'] },
          note: { type: 'string', nullable: true },
          other: { $ref: '#/components/schemas/elsewhere' },
          self: { $ref: '#/components/schemas/thing' },
        },
      },
    },
  },
}
const wanted = { source: 'test', operations: { 'POST /things/{id}': ['n'] }, schemas: ['thing'] }
const reduced = reduce(document, wanted)

test('a reduced description holds what is used, without words', () => {
  expect(JSON.stringify(reduced)).not.toContain('words')
  expect(reduced.operations[0]?.request).toEqual({
    type: 'object',
    required: ['n'],
    properties: { n: { type: 'integer' } },
    additionalProperties: false,
  })
  expect(() => reduce(document, { ...wanted, operations: { 'POST /things/{id}': ['x'] } })).toThrow('has no x')
  expect(() => reduce(document, { ...wanted, operations: { 'GET /nothing': 'all' } })).toThrow('has no GET /nothing')
})

test('what does not fit the description is found', () => {
  const { operationOf, wrong, sample, typed } = describe(reduced)
  const operation = operationOf('POST', '/things/7')
  expect(operationOf('GET', '/things/7')).toBeUndefined()
  expect(operation?.query).toEqual(['expand'])
  expect(wrong(operation?.request, typed(operation?.request, readForm('n=5')))).toEqual([])
  expect(wrong(operation?.request, typed(operation?.request, readForm('n=5&m=x')))).not.toEqual([])
  expect(wrong(operation?.request, typed(operation?.request, readForm('n=five')))).not.toEqual([])
  const answer = operation?.answers['200']
  expect(sample('thing')).toEqual({ id: '', kind: 'a', note: null })
  expect(wrong(answer, sample('thing', { self: sample('thing') }))).toEqual([])
  expect(wrong(answer, sample('thing', { kind: 'c' }))).not.toEqual([])
  expect(wrong(answer, { id: '1', kind: 'a' })).not.toEqual([])
})

test('a form is read as it was written', () => {
  expect(readForm('a[b]=1&a[c][0]=x&a[c][1]=y&d=')).toEqual({ a: { b: '1', c: ['x', 'y'] }, d: '' })
})
