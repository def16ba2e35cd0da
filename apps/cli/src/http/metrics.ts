/** What Prometheus reads at /metrics. */
import type { Store } from '@plugtill/engine/store'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly request: (seen: {
    readonly room: string
    readonly method: string
    readonly status: number
    readonly seconds: number
  }) => void
  readonly page: () => Promise<{ readonly type: string; readonly text: string }>
}

export interface MetricsParts {
  readonly stores: Readonly<Record<string, Store>>
  readonly streams: () => number
}

export function createMetrics({ stores, streams }: MetricsParts): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'plugtill_' })
  const requests = new Counter({
    name: 'plugtill_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['room', 'method', 'status'],
    registers,
  })
  const duration = new Histogram({
    name: 'plugtill_http_request_seconds',
    help: 'Time to answer',
    labelNames: ['room'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  new Gauge({
    name: 'plugtill_event_streams',
    help: 'Open server-sent event streams',
    registers,
    collect() {
      this.set(streams())
    },
  })
  for (const count of COUNTS) addCount(registry, stores, count)
  return {
    request: ({ room, method, status, seconds }) => {
      requests.inc({ room, method, status })
      duration.observe({ room }, seconds)
    },
    page: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}

/** Rows to count: the columns of the SQL are the labels, `n` is the value. */
const COUNTS = [
  {
    name: 'plugtill_entities',
    help: 'Payments, terminals and sessions by state',
    labels: ['platform', 'kind', 'state'],
    sql: 'SELECT kind, state, count(*) AS n FROM entity GROUP BY kind, state',
  },
  {
    name: 'plugtill_payments',
    help: 'Payments by state',
    labels: ['platform', 'state'],
    sql: "SELECT state, count(*) AS n FROM entity WHERE kind = 'payment' GROUP BY state",
  },
  {
    name: 'plugtill_effects',
    help: 'Effects that wait (pending) or were given up (parked)',
    labels: ['platform', 'status'],
    sql: "SELECT status, count(*) AS n FROM effect WHERE status IN ('pending', 'parked') GROUP BY status",
  },
] as const

function addCount(
  registry: Registry,
  stores: MetricsParts['stores'],
  { name, help, labels, sql }: (typeof COUNTS)[number],
): void {
  new Gauge<string>({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [platform, store] of Object.entries(stores)) {
        for (const { n, ...row } of await store.query<Readonly<Record<string, string | number>>>(sql)) {
          this.set({ ...row, platform }, Number(n))
        }
      }
    },
  })
}
