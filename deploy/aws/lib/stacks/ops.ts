// Who is told of what: objectives, alarms, the dashboard, the budget.

import * as budgets from 'aws-cdk-lib/aws-budgets';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { BurnAlarms } from '../ops/burn-alarms.ts';
import { addDashboard } from '../ops/dashboard.ts';
import { LoadBalancerMetrics } from '../ops/load-balancer-metrics.ts';
import { moneyAlarms } from '../ops/money-alarms.ts';
import { dataAlarms, unitAlarms, type ResourceAlarm } from '../ops/resource-alarms.ts';
import type { SloFile } from '../ops/slo.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { DataStack } from './data.ts';
import type { PlatformStack } from './platform.ts';

export interface OpsProps extends ShopStackProps {
  readonly data: DataStack;
  readonly platform: PlatformStack;
  readonly units: readonly string[];
  readonly slos: SloFile;
}

export class OpsStack extends ShopStack {
  private readonly actions: Readonly<Record<'page' | 'ticket', SnsAction>>;

  constructor(scope: Construct, props: OpsProps) {
    super(scope, 'ops', props);
    const { platform, units, slos } = props;
    this.actions = { page: this.topic('page'), ticket: this.topic('ticket') };
    const resources = dataAlarms(props.data);
    for (const alarm of [...resources, ...unitAlarms(platform, units), ...moneyAlarms(this.config.composition)]) this.addAlarm(alarm);
    // The one process has objectives as a whole only.
    for (const slo of slos.slo.filter(({ service }) => service === 'all' || units.includes(service))) {
      new BurnAlarms(this, slo.name, {
        prefix: this.named('slo'),
        slo,
        file: slos,
        metrics: new LoadBalancerMetrics(platform, slo.service === 'all' ? undefined : slo.service),
        actions: this.actions,
      });
    }
    addDashboard(this, { name: this.named('shop'), platform, units, resources });
    this.addBudget();
  }

  private topic(severity: 'page' | 'ticket'): SnsAction {
    const topic = new sns.Topic(this, `Topic-${severity}`, { topicName: this.named(severity), enforceSSL: true });
    topic.addSubscription(new EmailSubscription(this.config.alarms[severity]));
    // The policy that asks for TLS takes the place of the one that let alarms in.
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': this.account } } })],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    );
    return new SnsAction(topic);
  }

  private addAlarm(alarm: ResourceAlarm): void {
    const { ComparisonOperator, TreatMissingData } = cloudwatch;
    const made = new cloudwatch.Alarm(this, alarm.name, {
      alarmName: this.named(alarm.name),
      alarmDescription: `${alarm.means}. docs/runbooks/${alarm.runbook}`,
      metric: alarm.metric,
      threshold: alarm.threshold,
      comparisonOperator: alarm.below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: alarm.periods,
      treatMissingData: alarm.missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    made.addAlarmAction(this.actions[alarm.severity]);
    made.addOkAction(this.actions[alarm.severity]);
  }

  private addBudget(): void {
    const { monthlyUsd, email } = this.config.budget;
    const notify = (notificationType: string, threshold: number): budgets.CfnBudget.NotificationWithSubscribersProperty => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers: [{ subscriptionType: 'EMAIL', address: email }],
    });
    new budgets.CfnBudget(this, 'Budget', {
      budget: {
        budgetName: this.named('monthly'),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:environment$${this.config.name}`] },
      },
      notificationsWithSubscribers: [notify('ACTUAL', 80), notify('ACTUAL', 100), notify('FORECASTED', 100)],
    });
  }
}
