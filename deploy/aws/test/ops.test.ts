// Alarms say what to do, and objectives are those of the one file.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { loadSlos } from '../lib/ops/slo.ts';
import { pathOf, readText } from '../lib/repository.ts';
import { everything, only, propertiesOf, shopOf } from './support.ts';

const { ops, units } = shopOf(everything, 'production');
const file = loadSlos();

test('each objective has an alarm for each severity, made of two windows for each rate', () => {
  const composites = propertiesOf(ops, 'AWS::CloudWatch::CompositeAlarm');
  const severities = new Set(file.burn.map(({ severity }) => severity));
  assert.deepEqual(
    composites.map((alarm) => alarm['AlarmName']).sort(),
    file.slo.flatMap(({ name }) => [...severities].map((severity) => `techmart-production-slo-${name}-${severity}`)).sort(),
  );
  const windows = propertiesOf(ops, 'AWS::CloudWatch::Alarm').filter((alarm) => alarm['AlarmName'].startsWith('techmart-production-slo-'));
  assert.equal(windows.length, file.slo.length * file.burn.length * 2);
  for (const alarm of windows) assert.equal(alarm['AlarmActions'], undefined, 'windows tell nobody');
  for (const alarm of composites) assert.equal(alarm['AlarmActions'].length, 1);
});

test('thresholds are the rate times the budget', () => {
  const alarms = propertiesOf(ops, 'AWS::CloudWatch::Alarm');
  for (const slo of file.slo) {
    for (const burn of file.burn) {
      const name = `techmart-production-slo-${slo.name}-${burn.long_minutes}m-${burn.long_minutes}m`;
      const alarm = alarms.find((each) => each['AlarmName'] === name);
      assert.ok(alarm !== undefined, name);
      assert.ok(Math.abs(alarm['Threshold'] - burn.factor * (100 - slo.objective_percent)) < 1e-6, name);
      const seconds = Math.min(burn.long_minutes, 1440) * 60;
      const stats = alarm['Metrics'].filter((metric: any) => metric.MetricStat !== undefined);
      assert.ok(stats.every((metric: any) => metric.MetricStat.Period === seconds), name);
      assert.ok(seconds * alarm['EvaluationPeriods'] <= 7 * 86_400, 'CloudWatch looks no further back');
    }
  }
});

test('every objective names a service that there is', () => {
  for (const { service } of file.slo) assert.ok(service === 'all' || units.includes(service), service);
});

test('every alarm is named and says its runbook, which exists', () => {
  for (const alarm of [...propertiesOf(ops, 'AWS::CloudWatch::Alarm'), ...propertiesOf(ops, 'AWS::CloudWatch::CompositeAlarm')]) {
    assert.match(alarm['AlarmName'], /^techmart-production-/);
    if (alarm['AlarmActions'] === undefined) continue;
    const runbook = /docs\/runbooks\/[\w-]+\.md/.exec(alarm['AlarmDescription'])?.[0];
    assert.ok(runbook !== undefined && existsSync(pathOf(runbook)), `${alarm['AlarmName']}: ${runbook}`);
  }
});

test('the one process has objectives as a whole', () => {
  const names = propertiesOf(shopOf(everything, 'small').ops, 'AWS::CloudWatch::CompositeAlarm').map((alarm) => alarm['AlarmName'] as string);
  assert.ok(names.length > 0 && names.every((name) => name.includes('-slo-shop-')));
});

test('there is a budget, and somebody hears of it before it is spent', () => {
  for (const shop of everything.shops) {
    const budget = only(shop.ops, 'AWS::Budgets::Budget');
    assert.equal(budget['Budget'].BudgetLimit.Amount, shop.environment.budget.monthlyUsd);
    const told = budget['NotificationsWithSubscribers'].map(({ Notification }: any) => `${Notification.NotificationType} ${Notification.Threshold}`);
    assert.deepEqual(told, ['ACTUAL 80', 'ACTUAL 100', 'FORECASTED 100']);
  }
});

test('what the services stand on has alarms that tell somebody', () => {
  const alarms = propertiesOf(ops, 'AWS::CloudWatch::Alarm');
  const wanted = [
    ...['storage', 'processor', 'queue', 'transaction-ids', 'connections'].map((part) => `database-${part}`),
    ...['replica-1-lag', 'replica-2-lag', 'cache-memory', 'cache-processor', 'opensearch-red', 'opensearch-storage'],
    ...units.flatMap((unit) => ['down', 'unhealthy', 'memory'].map((part) => `${unit}-${part}`)),
  ];
  for (const name of wanted) {
    const alarm = alarms.find((each) => each['AlarmName'] === `techmart-production-${name}`);
    assert.equal(alarm?.['AlarmActions'].length, 1, name);
    assert.equal(alarm?.['OKActions'].length, 1, name);
  }
});

test('money that goes wrong calls a person without Prometheus, too', () => {
  const alarms = propertiesOf(ops, 'AWS::CloudWatch::Alarm').filter((alarm) => alarm['Namespace'] === 'TechMart');
  assert.ok(alarms.length >= 5);
  const described = readText('docs/OBSERVABILITY.md');
  for (const alarm of alarms) {
    assert.ok(described.includes(`| \`${alarm['MetricName']}\` |`), alarm['MetricName']);
    assert.equal(alarm['Dimensions'].length, 1);
    assert.equal(alarm['Dimensions'][0].Name, 'service');
  }
});

test('topics want TLS, let alarms in, and each has a reader', () => {
  const topics = propertiesOf(ops, 'AWS::SNS::Topic').map(({ TopicName }) => TopicName);
  assert.deepEqual(topics.sort(), ['techmart-production-page', 'techmart-production-ticket']);
  assert.equal(propertiesOf(ops, 'AWS::SNS::Subscription').length, 2);
  const policies = propertiesOf(ops, 'AWS::SNS::TopicPolicy').map(({ PolicyDocument }) => PolicyDocument.Statement as Record<string, any>[]);
  assert.equal(policies.length, 2);
  for (const statements of policies) {
    assert.ok(statements.some(({ Effect, Condition }) => Effect === 'Deny' && Condition.Bool['aws:SecureTransport'] === 'false'));
    const [allowed] = statements.filter(({ Effect }) => Effect === 'Allow');
    assert.deepEqual([allowed?.['Action'], allowed?.['Principal']], ['sns:Publish', { Service: 'cloudwatch.amazonaws.com' }]);
  }
});

test('there is a dashboard of every unit', () => {
  const body = JSON.stringify(only(ops, 'AWS::CloudWatch::Dashboard')['DashboardBody']);
  for (const unit of units) assert.ok(body.includes(`${unit}: requests`), unit);
});
