/** OpenAPI 3.1 from an admin table: its schemas are JSON Schema already. */
import type { AdminRoute, AdminTable } from '@plugtill/engine/admin'

export interface Described {
  readonly path: string
  readonly title: string
  readonly table: AdminTable
  readonly publicUrl: string
  readonly keyNeeded: boolean
}

export function openApiOf({ path, title, table, publicUrl, keyNeeded }: Described): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of table) {
    const place = route.path.replace(/:(\w+)/g, '{$1}')
    paths[place] = { ...paths[place], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: '1',
      description:
        'Lists are bare arrays; money is {amount_minor, currency}; what cannot be done is {error or refused, message}.',
    },
    servers: [{ url: publicUrl + path }],
    ...(keyNeeded && { security: [{ key: [] }] }),
    components: {
      ...(keyNeeded && { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } }),
      schemas: { Problem },
    },
    paths,
  }
}

const Problem = {
  type: 'object',
  properties: { error: { type: 'string' }, refused: { type: 'string' }, message: { type: 'string' } },
  required: ['message'],
} as const

function operation(route: AdminRoute): object {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const { properties = {}, required = [] } = (route.query ?? {}) as {
    readonly properties?: Readonly<Record<string, object>>
    readonly required?: readonly string[]
  }
  const query = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
  const content = (schema: object) => ({ 'application/json': { schema } })
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[/:_-]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: route.summary,
    ...(parameters.length + query.length > 0 && { parameters: [...parameters, ...query] }),
    ...(route.body && { requestBody: { required: true, content: content(route.body) } }),
    responses: {
      200: { description: route.summary, content: content(route.answer ?? {}) },
      default: { description: 'Why not', content: content({ $ref: '#/components/schemas/Problem' }) },
    },
  }
}
