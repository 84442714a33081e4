// One service from the inside: requests, runtime, pools, Redis, jobs and events.

import { choice, dashboard, graph, number, row } from './dashboard.mjs';

const REQUESTS = 'techmart_http_request_duration_seconds';
const OF = 'service=~"$service", instance=~"$instance"';
const rate = (metric, more = '') => `rate(${metric}{${OF}${more}}[$__rate_interval])`;
const quantile = (q, histogram, by) => `histogram_quantile(${q}, sum by (${by}, le) (${rate(`${histogram}_bucket`)}))`;

/** The dashboard of a service. */
export const service = dashboard(
  'techmart-service',
  'TechMart: a service',
  'One service from the inside. Generated from deploy/observability/grafana/source.',
  {
    choices: [choice('service', 'up{job="techmart"}', { many: false }), choice('instance', 'up{job="techmart", service=~"$service"}')],
    rows: [
      row(
        'Requests',
        graph('By route', [[`sum by (method, route) (${rate(`${REQUESTS}_count`)})`, '{{method}} {{route}}']], { unit: 'reqps' }),
        graph('By status', [[`sum by (status) (${rate(`${REQUESTS}_count`)})`, '{{status}}']], { unit: 'reqps', stacked: true }),
        graph(
          'Failed by route',
          [[`sum by (method, route, status) (${rate(`${REQUESTS}_count`, ', status=~"5.."')})`, '{{method}} {{route}} {{status}}']],
          { unit: 'reqps' },
        ),
        graph(
          'Duration',
          [0.5, 0.95, 0.99].map((q) => [quantile(q, REQUESTS, 'service'), `p${q * 100}`]),
          { unit: 's' },
        ),
        graph('Duration by route, p99', [[quantile(0.99, REQUESTS, 'method, route'), '{{method}} {{route}}']], { unit: 's' }),
        graph(
          'Not worked on',
          [
            [`sum(${rate('techmart_http_shed_total')})`, 'shed'],
            [`sum(${rate('techmart_http_panics_total')})`, 'panics'],
            [`sum by (rule) (${rate('techmart_limited_total')})`, 'limited: {{rule}}'],
          ],
          { unit: 'reqps' },
        ),
      ),
      row(
        'Process and runtime',
        number('Dependencies', [[`min by (dependency) (techmart_dependency_up{${OF}})`, '{{dependency}}']], {
          width: 6,
          goodAbove: 1,
          description: '1 is reachable. Looked at whenever /readyz is asked.',
        }),
        graph('Memory', [[`techmart_process_resident_bytes{${OF}}`, '{{instance}}']], { unit: 'bytes', width: 6 }),
        graph('Threads', [[`techmart_process_threads{${OF}}`, '{{instance}}']], { width: 6 }),
        graph('Open files', [[`techmart_process_open_fds{${OF}}`, '{{instance}}']], { width: 6 }),
        graph('Busy', [[`techmart_runtime_busy_ratio{${OF}}`, '{{instance}}']], { unit: 'percentunit', width: 6 }),
        graph('Tasks alive', [[`techmart_runtime_alive_tasks{${OF}}`, '{{instance}}']], { width: 6 }),
        graph('Tasks waiting for a worker', [[`techmart_runtime_global_queue_depth{${OF}}`, '{{instance}}']], { width: 6 }),
        graph('Processors used by tasks', [[`techmart_runtime_busy_ratio{${OF}} * techmart_runtime_workers{${OF}}`, '{{instance}}']], {
          width: 6,
        }),
        graph('Up for', [[`time() - techmart_process_start_time_seconds{${OF}}`, '{{instance}}']], { unit: 's', width: 6 }),
      ),
      row(
        'PostgreSQL',
        graph('Connections', [
          [`sum by (instance, pool) (techmart_db_pool_connections{${OF}} - techmart_db_pool_idle{${OF}})`, '{{instance}} {{pool}} in use'],
          [`sum by (instance, pool) (techmart_db_pool_max{${OF}})`, '{{instance}} {{pool}} at most'],
        ]),
        graph(
          'Waiting for a connection',
          [0.5, 0.99].map((q) => [quantile(q, 'techmart_db_pool_acquire_seconds', 'service'), `p${q * 100}`]),
          { unit: 's' },
        ),
        graph(
          'Transactions again, replica failures',
          [
            [`sum(${rate('techmart_db_transaction_retries_total')})`, 'retries'],
            [`sum(${rate('techmart_db_replica_failures_total')})`, 'replica failures'],
          ],
          { unit: 'ops' },
        ),
      ),
      row(
        'Redis',
        graph('Connections', [
          [`sum by (instance) (techmart_redis_pool_connections{${OF}} - techmart_redis_pool_idle{${OF}})`, '{{instance}} in use'],
          [`sum by (instance) (techmart_redis_pool_max{${OF}})`, '{{instance}} at most'],
        ]),
        graph(
          'Reads',
          [
            [`sum by (outcome) (${rate('techmart_cache_reads_total')})`, '{{outcome}}'],
            [`sum by (kind, outcome) (${rate('techmart_catalog_cache_reads_total')})`, '{{kind}} {{outcome}}'],
          ],
          { unit: 'ops' },
        ),
        graph('Failures', [[`sum(${rate('techmart_cache_failures_total')})`, 'failures']], { unit: 'ops' }),
      ),
      row(
        'Jobs, events, letters, webhooks',
        graph('Failing jobs', [[`sum by (job) (${rate('techmart_job_failures_total')})`, '{{job}}']], { unit: 'ops' }),
        graph(
          'Events',
          [[`sum by (schema, consumer, outcome) (${rate('techmart_events_total')})`, '{{schema}} → {{consumer}} {{outcome}}']],
          { unit: 'ops' },
        ),
        graph(
          'Age of events when taken, p95',
          [[quantile(0.95, 'techmart_events_age_seconds', 'schema, consumer'), '{{schema}} → {{consumer}}']],
          { unit: 's' },
        ),
        graph('Letters', [[`sum by (schema, outcome) (${rate('techmart_messages_total')})`, '{{schema}} {{outcome}}']], { unit: 'ops' }),
        graph('Webhooks', [
          [`sum by (outcome) (${rate('techmart_orders_webhook_attempts_total')})`, '{{outcome}}'],
          [quantile(0.99, 'techmart_orders_webhook_seconds', 'service'), 'p99 in seconds'],
        ]),
        graph('Imported rows', [[`sum by (outcome) (${rate('techmart_catalog_import_rows_total')})`, '{{outcome}}']], { unit: 'ops' }),
      ),
      row(
        'Traces and metrics on their way out',
        graph('Spans', [[`sum by (outcome) (${rate('techmart_otlp_spans_total')})`, '{{outcome}}']], { unit: 'ops', width: 12 }),
        graph(
          'CloudWatch',
          [
            [`sum(${rate('techmart_cloudwatch_sent_total')})`, 'sent'],
            [`sum by (reason) (${rate('techmart_cloudwatch_dropped_total')})`, 'dropped: {{reason}}'],
          ],
          { unit: 'ops', width: 12 },
        ),
      ),
    ],
  },
);
