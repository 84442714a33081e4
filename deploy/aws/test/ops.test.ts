// Alarms say what to do, and objectives are those of the one file.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { loadSlos } from '../lib/ops/slo.ts';
import { pathOf } from '../lib/repository.ts';
import { build, propertiesOf, shopOf } from './support.ts';

const everything = build();
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

test('there is a budget', () => {
  assert.equal(propertiesOf(ops, 'AWS::Budgets::Budget')[0]?.['Budget'].BudgetLimit.Amount, 4_000);
});
