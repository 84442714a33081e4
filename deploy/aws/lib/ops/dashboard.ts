// The dashboard of an environment: first what shoppers see, then what it stands on.

import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../config/defaults.ts';
import type { PlatformStack } from '../stacks/platform.ts';
import { LoadBalancerMetrics } from './load-balancer-metrics.ts';
import type { ResourceAlarm } from './resource-alarms.ts';

export interface DashboardProps {
  readonly name: string;
  readonly platform: PlatformStack;
  readonly units: readonly string[];
  readonly resources: readonly ResourceAlarm[];
}

const graph = (title: string, left: cloudwatch.IMetric[], width = 8): cloudwatch.GraphWidget =>
  new cloudwatch.GraphWidget({ title, left, width, height: 6, leftYAxis: { min: 0 } });

export function addDashboard(scope: Construct, { name, platform, units, resources }: DashboardProps): cloudwatch.Dashboard {
  const all = new LoadBalancerMetrics(platform);
  const own = (metricName: string): cloudwatch.IMetric =>
    new cloudwatch.MathExpression({
      expression: `SUM(SEARCH('Namespace="${METRICS_NAMESPACE}" MetricName="${metricName}"', 'Sum', 60))`,
      label: metricName,
      usingMetrics: {},
    });
  return new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: name,
    widgets: [
      [
        graph('Requests', [all.metric('RequestCount', 'Sum', 1)]),
        graph('Errors', all.errorNames.map((metric) => all.metric(metric, 'Sum', 1))),
        graph('Answer time', ['p50', 'p99'].map((statistic) => all.metric('TargetResponseTime', statistic, 1))),
      ],
      [
        graph('Payments settled', [own('techmart_checkout_settlements_total')]),
        graph('Requests by status', [own('techmart_http_request_duration_seconds')]),
        graph('Failed jobs', [own('techmart_job_failures_total')]),
      ],
      ...units.map((unit) => {
        const metrics = new LoadBalancerMetrics(platform, unit);
        return [
          graph(`${unit}: requests`, [metrics.metric('RequestCount', 'Sum', 1), metrics.metric('HTTPCode_Target_5XX_Count', 'Sum', 1)]),
          graph(`${unit}: answer time`, ['p50', 'p99'].map((statistic) => metrics.metric('TargetResponseTime', statistic, 1))),
          graph(`${unit}: healthy tasks`, [metrics.metric('HealthyHostCount', 'Minimum', 1)]),
        ];
      }),
      resources.map((alarm) => graph(alarm.name, [alarm.metric], 6)),
    ],
  });
}
