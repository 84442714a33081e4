// Metrics of the load balancer, of all services together or of one.

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { PlatformStack } from '../stacks/platform.ts';

export class LoadBalancerMetrics {
  private readonly dimensions: Record<string, string>;
  /** Errors that the load balancer itself made are known for all services together only. */
  readonly errorNames: readonly string[];

  constructor(platform: PlatformStack, unit?: string) {
    const LoadBalancer = platform.loadBalancer.loadBalancerFullName;
    const group = unit === undefined ? undefined : platform.targetGroups[unit];
    this.dimensions = group === undefined ? { LoadBalancer } : { LoadBalancer, TargetGroup: group.targetGroupFullName };
    this.errorNames = ['HTTPCode_Target_5XX_Count', ...(group === undefined ? ['HTTPCode_ELB_5XX_Count'] : [])];
  }

  metric(metricName: string, statistic: string, minutes: number): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      statistic,
      period: Duration.minutes(minutes),
      dimensionsMap: this.dimensions,
    });
  }
}
