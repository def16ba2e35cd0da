/** What Prometheus reads at /metrics. */
import type { Store } from '@plugtill/engine/store'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly request: (seen: { readonly room: string; readonly method: string; readonly status: number; readonly seconds: number }) => void
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
  const requests = new Counter({ name: 'plugtill_http_requests_total', help: 'HTTP requests answered', labelNames: ['room', 'method', 'status'], registers })
  const duration = new Histogram({ name: 'plugtill_http_request_seconds', help: 'Time to answer', labelNames: ['room'], buckets: [0.005, 0.02, 0.1, 0.5, 2, 10], registers })
  new Gauge({ name: 'plugtill_event_streams', help: 'Open server-sent event streams', registers, collect() { this.set(streams()) } })
  new Gauge({
    name: 'plugtill_entities', help: 'Payments, terminals and sessions by state', labelNames: ['platform', 'kind', 'state'], registers,
    async collect() {
      this.reset()
      for (const row of await counted(stores, 'SELECT kind, state, count(*) AS n FROM entity GROUP BY kind, state')) {
        this.set({ platform: row.platform, kind: row['kind'] ?? '', state: row['state'] ?? '' }, row.n)
      }
    },
  })
  new Gauge({
    name: 'plugtill_payments', help: 'Payments by state', labelNames: ['state'], registers,
    async collect() {
      this.reset()
      for (const row of await counted(stores, `SELECT state, count(*) AS n FROM entity WHERE kind = 'payment' GROUP BY state`)) this.set({ state: row['state'] ?? '' }, row.n)
    },
  })
  new Gauge({
    name: 'plugtill_effects', help: 'Effects that wait (pending) or were given up (parked)', labelNames: ['platform', 'status'], registers,
    async collect() {
      this.reset()
      for (const platform of Object.keys(stores)) for (const status of ['pending', 'parked']) this.set({ platform, status }, 0)
      for (const row of await counted(stores, `SELECT status, count(*) AS n FROM effect WHERE status IN ('pending', 'parked') GROUP BY status`)) {
        this.set({ platform: row.platform, status: row['status'] ?? '' }, row.n)
      }
    },
  })
  return {
    request: ({ room, method, status, seconds }) => {
      requests.inc({ room, method, status })
      duration.observe({ room }, seconds)
    },
    page: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}

type Row = { readonly platform: string; readonly n: number; readonly [label: string]: string | number }
type Labelled = Omit<Row, never> & { readonly platform: string; readonly n: number } & Readonly<Record<string, string>>

async function counted(stores: MetricsParts['stores'], sql: string): Promise<readonly Labelled[]> {
  const all: Labelled[] = []
  for (const [platform, store] of Object.entries(stores)) {
    for (const row of await store.query<Row>(sql)) all.push({ ...row, platform, n: Number(row.n) } as unknown as Labelled)
  }
  return all
}
