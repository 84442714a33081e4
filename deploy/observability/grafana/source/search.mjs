// Search: what is asked, what is found, how fresh it is.

import { dashboard, graph, number, row } from './dashboard.mjs';

const REQUESTS = 'techmart_http_request_duration_seconds';
const each = (metric, by) => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;
const all = (metric) => `sum(rate(${metric}[$__rate_interval]))`;
const route = (q, path) =>
  `histogram_quantile(${q}, sum by (le) (rate(${REQUESTS}_bucket{service="search", route="${path}"}[$__rate_interval])))`;

/** The dashboard of search. */
export const search = dashboard(
  'techmart-search',
  'TechMart: search',
  'What is asked and found, how fast and how fresh. Generated from deploy/observability/grafana/source.',
  {
    rows: [
      row(
        'Searches',
        graph('By outcome', [[each('techmart_search_searches_total', 'outcome'), '{{outcome}}']], { unit: 'reqps', stacked: true }),
        graph(
          'Finds nothing',
          [
            [
              'sum(rate(techmart_search_searches_total{outcome="nothing"}[15m])) / sum(rate(techmart_search_searches_total{outcome!="cached"}[15m]))',
              'of what is not remembered',
            ],
          ],
          { unit: 'percentunit' },
        ),
        graph(
          'Remembered answers',
          [['sum(rate(techmart_search_searches_total{outcome="cached"}[15m])) / sum(rate(techmart_search_searches_total[15m]))', 'of all']],
          { unit: 'percentunit' },
        ),
        graph(
          'Duration of a search',
          [0.5, 0.99].map((q) => [route(q, '/api/v1/search'), `p${q * 100}`]),
          { unit: 's' },
        ),
        graph(
          'Duration of suggestions',
          [0.5, 0.99].map((q) => [route(q, '/api/v1/search/suggest'), `p${q * 100}`]),
          { unit: 's' },
        ),
        graph('Queries made into vectors', [[all('techmart_search_query_vectors_total'), 'computed']], { unit: 'ops' }),
      ),
      row(
        'Freshness',
        graph(
          'From the row to the index, p99',
          [
            [
              'histogram_quantile(0.99, sum by (instance, le) (rate(techmart_search_change_age_seconds_bucket[$__rate_interval])))',
              '{{instance}}',
            ],
          ],
          { unit: 's', description: 'Two seconds are promised.' },
        ),
        graph(
          'From the edit to the row, p99',
          [
            [
              'histogram_quantile(0.99, sum by (schema, le) (rate(techmart_events_age_seconds_bucket{consumer="search"}[$__rate_interval])))',
              '{{schema}}',
            ],
          ],
          { unit: 's' },
        ),
        graph('Batches of changes taken in', [[each('techmart_search_change_age_seconds_count', 'instance'), '{{instance}}']], {
          unit: 'ops',
        }),
        graph('Products given vectors', [[all('techmart_search_products_embedded_total'), 'embedded']], { unit: 'ops' }),
        number(
          'Documents that cannot be read, in 24 hours',
          [['sum(increase(techmart_search_documents_unreadable_total[24h])) or vector(0)', '']],
          { bad: 1, width: 8 },
        ),
        graph('Synonyms and rules that could not be read', [[all('techmart_search_merchandising_failures_total'), 'failures']], {
          unit: 'ops',
        }),
      ),
      row(
        'Engine and signals',
        graph('Engine away', [[each('techmart_search_engine_away_total', 'engine'), '{{engine}}']], {
          unit: 'ops',
          description: 'The embedded index answers meanwhile.',
        }),
        graph('What shoppers do', [[each('techmart_search_signals_total', 'kind'), '{{kind}}']], { unit: 'ops' }),
        graph('Not counted', [[each('techmart_search_signals_dropped_total', 'reason'), '{{reason}}']], { unit: 'ops' }),
      ),
    ],
  },
);
