// How the shop fares: requests, objectives, money, stock.

import { budget } from '../../lib/slo.mjs';
import { choice, dashboard, graph, number, row, table } from './dashboard.mjs';

const REQUESTS = 'techmart_http_request_duration_seconds';
/** A counter that begins with its first event: what a new series shows happened in the range, too. */
const since = (metric, range) => `sum((${metric} unless ${metric} offset ${range}) or increase(${metric}[${range}])) or vector(0)`;

/** The overview. `slos` are the objectives of slo.toml. */
export function shop(slos) {
  return dashboard(
    'techmart-shop',
    'TechMart: the shop',
    'Requests, objectives, orders and money, stock. Generated from deploy/observability/grafana/source.',
    {
      choices: [choice('service', `${REQUESTS}_count`)],
      rows: [
        row(
          'Now',
          number('Instances', [['count by (service) (up{job="techmart"} == 1)', '{{service}}']], { width: 8 }),
          number('Requests', [['sum(techmart_service:http_requests:rate5m)', '']], { unit: 'reqps' }),
          number('Failed', [['sum(techmart_service:http_errors:rate5m) / sum(techmart_service:http_requests:rate5m)', '']], {
            unit: 'percentunit',
            bad: 0.001,
          }),
          table('Alerts', 'sum by (alertname, severity, service, slo) (ALERTS{alertstate="firing"})', { width: 8 }),
        ),
        row(
          'Requests by service',
          graph('Requests', [['techmart_service:http_requests:rate5m', '{{service}}']], { unit: 'reqps' }),
          graph('Failed with 5xx', [['techmart_service:http_error_ratio:rate5m', '{{service}}']], { unit: 'percentunit' }),
          graph('Duration, p99', [['techmart_service:http_request_duration_seconds:p99_5m', '{{service}}']], { unit: 's' }),
        ),
        row(
          'Objectives',
          number(
            'Budget left in 28 days',
            slos.map((slo) => [left(slo), slo.name]),
            {
              unit: 'percentunit',
              width: 12,
              goodAbove: 0.1,
              description: '1: nothing is used up; 0: the objective is just met; below: it is missed.',
            },
          ),
          graph(
            'How fast budgets burn, over an hour',
            slos.map((slo) => [`techmart_slo:error_ratio:rate1h{slo="${slo.name}"} / ${budget(slo)}`, slo.name]),
            { width: 12, description: '1 uses the budget up in exactly 28 days. slo.toml says from where on somebody is called.' },
          ),
        ),
        row(
          'Requests by route',
          table(
            'Most asked',
            `topk(20, sum by (service, method, route) (rate(${REQUESTS}_count{service=~"$service"}[$__rate_interval])))`,
            { unit: 'reqps', width: 8 },
          ),
          table(
            'Most failing',
            `topk(20, sum by (service, method, route, status) (increase(${REQUESTS}_count{service=~"$service", status=~"5.."}[$__range])) > 0)`,
            { width: 8 },
          ),
          table(
            'Slowest, p99',
            `topk(20, histogram_quantile(0.99, sum by (service, method, route, le) (rate(${REQUESTS}_bucket{service=~"$service"}[$__rate_interval]))) > 0)`,
            { unit: 's', width: 8 },
          ),
        ),
        row(
          'Orders and payments',
          number('Paid orders in 24 hours', [
            ['sum(increase(techmart_checkout_settlements_total{outcome="placed"}[24h])) or vector(0)', ''],
          ]),
          graph(
            'Payments by outcome, per hour',
            [['sum by (outcome) (rate(techmart_checkout_settlements_total[$__rate_interval])) * 3600', '{{outcome}}']],
            { stacked: true },
          ),
          graph(
            'Declined or refused',
            [
              [
                'sum(rate(techmart_checkout_settlements_total{outcome="declined"}[15m])) / sum(rate(techmart_checkout_settlements_total[15m]))',
                'declined',
              ],
              [
                'sum(rate(techmart_checkout_card_testing_refusals_total[15m])) / sum(rate(techmart_checkout_settlements_total[15m]))',
                'refused for too many declines',
              ],
            ],
            { unit: 'percentunit', width: 6 },
          ),
          graph('Payments without an answer: looked at late by', [['max(techmart_checkout_reconcile_lag_seconds)', 'lag']], {
            unit: 's',
            width: 6,
          }),
          graph('Captures, voids, refunds per hour', [
            ['sum by (kind, state) (rate(techmart_checkout_operations_total[$__rate_interval])) * 3600', '{{kind}} {{state}}'],
          ]),
          graph('Reports of the provider', [
            ['sum by (new) (rate(techmart_checkout_reports_total[$__rate_interval]))', 'came, new: {{new}}'],
            ['sum by (outcome) (rate(techmart_checkout_reports_worked_total[$__rate_interval]))', 'worked: {{outcome}}'],
          ]),
          graph('Checkouts given up, per hour', [['sum(rate(techmart_checkout_expired_total[$__rate_interval])) * 3600', 'expired']]),
        ),
        row(
          'Money that a person must look at, in 24 hours',
          number('Other amount taken', [[since('techmart_checkout_amount_mismatches_total', '24h'), '']], { bad: 1 }),
          number('Late money, returned', [[since('techmart_checkout_late_money_total', '24h'), '']], { bad: 1 }),
          number('Refunds failed', [[since('techmart_checkout_refund_failures_total', '24h'), '']], { bad: 1 }),
          number('Refunds at the provider that do not fit', [[since('techmart_checkout_foreign_refunds_unmatched_total', '24h'), '']], {
            bad: 1,
          }),
          number('Reports given up', [[since('techmart_checkout_reports_worked_total{outcome="dead"}', '24h'), '']], { bad: 1 }),
          number('Disputes', [[since('techmart_checkout_disputes_total', '24h'), '']], { bad: 1 }),
        ),
        row(
          'Stock and people',
          number('Stock that differs', [['max(techmart_catalog_stock_differences)', '']], { bad: 1 }),
          graph(
            'Reservations that ran out, per hour',
            [['sum(rate(techmart_catalog_reservations_expired_total[$__rate_interval])) * 3600', 'expired']],
            { width: 5 },
          ),
          graph(
            'Hot stock laid out anew, per hour',
            [['sum(rate(techmart_catalog_slot_changes_total[$__rate_interval])) * 3600', 'changes']],
            { width: 5 },
          ),
          graph(
            'Passwords hashed',
            [
              ['sum(rate(techmart_auth_hashes_total[$__rate_interval]))', 'hashed'],
              ['sum(rate(techmart_auth_hashes_refused_total[$__rate_interval]))', 'refused'],
              ['sum(rate(techmart_auth_refresh_reuse_total[$__rate_interval]))', 'tokens reused'],
            ],
            { unit: 'ops', width: 5 },
          ),
          graph('Too many requests of one client', [['sum by (rule) (rate(techmart_limited_total[$__rate_interval]))', '{{rule}}']], {
            unit: 'reqps',
            width: 5,
          }),
        ),
      ],
    },
  );
}

function left(slo) {
  const over = (name) => `sum_over_time(techmart_slo:${name}:rate5m{slo="${slo.name}"}[28d])`;
  return `1 - ${over('bad_requests')} / (${over('requests')} > 0) / ${budget(slo)}`;
}
