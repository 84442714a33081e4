// Alarms on burning error budgets: a long window says that it matters, a short one that it goes on.

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { LoadBalancerMetrics } from './load-balancer-metrics.ts';
import type { Burn, Slo, SloFile } from './slo.ts';

/** CloudWatch's longest period. Longer windows are that many days in a row, which is stricter than their mean. */
const PERIOD_MAX_MIN = 24 * 60;

export interface BurnAlarmsProps {
  /** Alarms begin with it. */
  readonly prefix: string;
  readonly slo: Slo;
  readonly file: SloFile;
  readonly metrics: LoadBalancerMetrics;
  /** Who is told, by severity. */
  readonly actions: Readonly<Record<Burn['severity'], cloudwatch.IAlarmAction>>;
}

/** One composite alarm for each severity; those it is made of tell nobody. */
export class BurnAlarms extends Construct {
  constructor(scope: Construct, id: string, props: BurnAlarmsProps) {
    super(scope, id);
    const { prefix, slo, file, actions } = props;
    for (const severity of ['page', 'ticket'] as const) {
      const burns = file.burn.filter((burn) => burn.severity === severity);
      if (burns.length === 0) continue;
      const composite = new cloudwatch.CompositeAlarm(this, severity, {
        compositeAlarmName: `${prefix}-${slo.name}-${severity}`,
        alarmDescription: `The error budget of ${slo.name} (${slo.objective_percent} % in ${slo.window_days} days) burns. ${slo.runbook}`,
        alarmRule: cloudwatch.AlarmRule.anyOf(
          ...burns.map((burn) =>
            cloudwatch.AlarmRule.allOf(this.window(props, burn, burn.long_minutes), this.window(props, burn, burn.short_minutes)),
          ),
        ),
      });
      composite.addAlarmAction(actions[severity]);
      composite.addOkAction(actions[severity]);
    }
  }

  private window({ prefix, slo, file, metrics }: BurnAlarmsProps, burn: Burn, minutes: number): cloudwatch.Alarm {
    const periods = Math.ceil(minutes / PERIOD_MAX_MIN);
    const period = Math.min(minutes, PERIOD_MAX_MIN);
    const bad = badRequests(slo, metrics, period);
    const name = `${slo.name}-${burn.long_minutes}m-${minutes}m`;
    // The longer window says whether it matters.
    const badMin = minutes === burn.long_minutes ? file.bad_requests_min : 1;
    return new cloudwatch.Alarm(this, name, {
      alarmName: `${prefix}-${name}`,
      alarmDescription: `${slo.name} burns ${burn.factor} times too fast over ${minutes} minutes`,
      metric: new cloudwatch.MathExpression({
        expression: `IF(${bad.sum} >= ${badMin}, 100 * (${bad.sum}) / requests, 0)`,
        label: 'bad, %',
        period: Duration.minutes(period),
        usingMetrics: { requests: metrics.metric('RequestCount', 'Sum', period), ...bad.metrics },
      }),
      threshold: Number((burn.factor * (100 - slo.objective_percent)).toFixed(6)),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

/** What counts as bad: errors, or answers slower than the threshold. */
function badRequests(slo: Slo, metrics: LoadBalancerMetrics, period: number): { sum: string; metrics: Record<string, cloudwatch.IMetric> } {
  if (slo.kind === 'latency') {
    if (slo.threshold_ms === undefined) throw new Error(`${slo.name} has no threshold_ms`);
    // The count of samples above the threshold.
    const slow = metrics.metric('TargetResponseTime', `TC(${slo.threshold_ms / 1000}:)`, period);
    return { sum: 'FILL(slow, 0)', metrics: { slow } };
  }
  const errors = metrics.errorNames.map((name, index) => [`errors${index}`, metrics.metric(name, 'Sum', period)] as const);
  return { sum: errors.map(([id]) => `FILL(${id}, 0)`).join(' + '), metrics: Object.fromEntries(errors) };
}
