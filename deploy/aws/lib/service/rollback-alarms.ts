// Alarms that end a deployment: code that starts and looks healthy may still answer wrongly or slowly.

import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';

export interface RollbackAlarmsProps {
  /** Alarms are called `<name>-errors` and `<name>-latency`: ECS knows them by name. */
  readonly name: string;
  readonly targetGroup: ApplicationTargetGroup;
  readonly loadBalancer: string;
}

/** Above these a deployment is taken back; the objectives in `deploy/observability/slo.toml` are stricter and slower. */
const ERRORS_PERCENT = 5;
const LATENCY_P99_S = 3;
/** Fewer requests in a minute say nothing. */
const REQUESTS_MIN = 20;

export class RollbackAlarms extends Construct {
  readonly names: readonly string[];

  constructor(scope: Construct, id: string, props: RollbackAlarmsProps) {
    super(scope, id);
    const metric = (metricName: string, statistic: string): cloudwatch.Metric =>
      new cloudwatch.Metric({
        namespace: 'AWS/ApplicationELB',
        metricName,
        statistic,
        period: Duration.minutes(1),
        dimensionsMap: { TargetGroup: props.targetGroup.targetGroupFullName, LoadBalancer: props.loadBalancer },
      });
    const shared = {
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    };
    new cloudwatch.Alarm(this, 'Errors', {
      ...shared,
      alarmName: `${props.name}-errors`,
      alarmDescription: `More than ${ERRORS_PERCENT} % of the answers are errors; a deployment under way is rolled back`,
      threshold: ERRORS_PERCENT,
      metric: new cloudwatch.MathExpression({
        expression: `IF(requests > ${REQUESTS_MIN}, 100 * FILL(errors, 0) / requests, 0)`,
        label: 'errors, %',
        period: Duration.minutes(1),
        usingMetrics: { requests: metric('RequestCount', 'Sum'), errors: metric('HTTPCode_Target_5XX_Count', 'Sum') },
      }),
    });
    new cloudwatch.Alarm(this, 'Latency', {
      ...shared,
      alarmName: `${props.name}-latency`,
      alarmDescription: `One answer in a hundred takes longer than ${LATENCY_P99_S} s; a deployment under way is rolled back`,
      threshold: LATENCY_P99_S,
      metric: metric('TargetResponseTime', 'p99'),
    });
    this.names = [`${props.name}-errors`, `${props.name}-latency`];
  }
}
