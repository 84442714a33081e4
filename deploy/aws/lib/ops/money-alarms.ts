// Alarms on money and stock, from the services' own metrics: those of Prometheus' rules that need one series.

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from '../../config/defaults.ts';
import type { Composition } from '../../config/types.ts';
import type { ResourceAlarm } from './resource-alarms.ts';

/** The name under which the one process sends its metrics. */
const ONE_PROCESS = 'all';

/** One metric without labels, so that it is one series. */
interface Watched extends Pick<ResourceAlarm, 'name' | 'severity' | 'means'> {
  readonly service: string;
  readonly metric: string;
  /** Counters are added up, of gauges the highest counts. */
  readonly statistic: 'Sum' | 'Maximum';
  /** More than this within `minutes`. */
  readonly threshold: number;
  readonly minutes: number;
}

/** Each has the name of its runbook. */
const WATCHED: readonly Watched[] = [
  {
    name: 'payment-amount-mismatch', severity: 'page', means: 'The provider took another amount than the shop asked for',
    service: 'checkout', metric: 'amount_mismatches_total', statistic: 'Sum', threshold: 0, minutes: 5,
  },
  {
    name: 'reconcile-lagging', severity: 'page', means: 'Payments without an answer are looked at more than a minute late',
    service: 'checkout', metric: 'reconcile_lag_seconds', statistic: 'Maximum', threshold: 60, minutes: 5,
  },
  {
    name: 'late-money', severity: 'ticket', means: 'Payments bought nothing and are being returned',
    service: 'checkout', metric: 'late_money_total', statistic: 'Sum', threshold: 0, minutes: 60,
  },
  {
    name: 'refund-failed', severity: 'ticket', means: 'Refunds failed or came back',
    service: 'checkout', metric: 'refund_failures_total', statistic: 'Sum', threshold: 0, minutes: 60,
  },
  {
    name: 'foreign-refund-unmatched', severity: 'ticket', means: 'A refund made at the provider does not fit the payment',
    service: 'checkout', metric: 'foreign_refunds_unmatched_total', statistic: 'Sum', threshold: 0, minutes: 60,
  },
  {
    name: 'card-testing', severity: 'ticket', means: 'Somebody tries cards',
    service: 'checkout', metric: 'card_testing_refusals_total', statistic: 'Sum', threshold: 20, minutes: 15,
  },
  {
    name: 'stock-differs', severity: 'ticket', means: 'The comparison of stock with its ledger found differences',
    service: 'catalog', metric: 'stock_differences', statistic: 'Maximum', threshold: 0, minutes: 60,
  },
];

/** The alarms, one look each `minutes`. */
export const moneyAlarms = (composition: Composition): ResourceAlarm[] =>
  WATCHED.map(({ service, metric, statistic, minutes, ...alarm }) => ({
    ...alarm,
    runbook: `${alarm.name}.md`,
    metric: new cloudwatch.Metric({
      namespace: METRICS_NAMESPACE,
      metricName: `techmart_${service}_${metric}`,
      statistic,
      period: Duration.minutes(minutes),
      dimensionsMap: { service: composition === 'single' ? ONE_PROCESS : service },
    }),
    // One period of that length says it.
    periods: 1,
  }));
