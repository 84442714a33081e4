// Alarms say what to do, and objectives are those of the one file.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { loadSlos } from '../lib/ops/slo.ts';
import { pathOf, readText } from '../lib/repository.ts';
import { everything, only, propertiesOf, shopOf } from './support.ts';

const { ops, units, data, environment } = shopOf(everything, 'production');
const file = loadSlos();

/** Who is told: the topic's severity. */
const topicOf = (actions: { Ref: string }[] | undefined): string | undefined => /^Topic(page|ticket)/.exec(actions?.[0]?.Ref ?? '')?.[1];

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
  for (const alarm of composites) {
    const severity = String(alarm['AlarmName'].split('-').at(-1));
    const both = '(ALARM("…") AND ALARM("…"))';
    const rule = (alarm['AlarmRule']['Fn::Join'][1] as unknown[]).map((part) => (typeof part === 'string' ? part : '…')).join('');
    assert.equal(rule, `(${file.burn.filter((burn) => burn.severity === severity).map(() => both).join(' OR ')})`, 'both windows of a rate');
    assert.deepEqual([topicOf(alarm['AlarmActions']), topicOf(alarm['OKActions'])], [severity, severity], alarm['AlarmName']);
  }
});

test('a window counts what is bad for its objective, of its own service, and silence is well', () => {
  const alarms = propertiesOf(ops, 'AWS::CloudWatch::Alarm');
  for (const slo of file.slo) {
    for (const burn of file.burn) {
      for (const minutes of [burn.long_minutes, burn.short_minutes]) {
        const name = `techmart-production-slo-${slo.name}-${burn.long_minutes}m-${minutes}m`;
        const alarm = alarms.find((each) => each['AlarmName'] === name);
        assert.deepEqual([alarm?.['ComparisonOperator'], alarm?.['TreatMissingData']], ['GreaterThanThreshold', 'notBreaching'], name);
        const [share, ...series] = alarm?.['Metrics'] as Record<string, any>[];
        const least = minutes === burn.long_minutes ? file.bad_requests_min : 1;
        assert.match(share?.['Expression'], new RegExp(`^IF\\((.+) >= ${least}, 100 \\* \\(\\1\\) / requests, 0\\)$`), name);
        const errors = ['Sum HTTPCode_Target_5XX_Count', ...(slo.service === 'all' ? ['Sum HTTPCode_ELB_5XX_Count'] : [])];
        const bad = slo.kind === 'availability' ? errors : [`TC(${(slo.threshold_ms ?? 0) / 1000}:) TargetResponseTime`];
        assert.deepEqual(series.map(({ MetricStat }) => `${MetricStat.Stat} ${MetricStat.Metric.MetricName}`), ['Sum RequestCount', ...bad], name);
        for (const { MetricStat } of series) {
          const groups = JSON.stringify(MetricStat.Metric.Dimensions).match(/Target(\w+?)[0-9A-F]{8}TargetGroupFullName/)?.[1];
          assert.equal(groups, slo.service === 'all' ? undefined : slo.service, name);
        }
      }
    }
  }
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

test('the index of runbooks lists every alarm with its severity and page', () => {
  const rows = [...readText('docs/runbooks/README.md').matchAll(/^\| ((?:`[\w-]+`(?:, )?)+) \| (page|ticket) \| \[\w+\]\(([\w-]+\.md)\) \|$/gm)];
  const listed = rows.flatMap(([, names = '', severity, page]) => [...names.matchAll(/`([\w-]+)`/g)].map(([, name]) => `${name} ${severity} ${page}`));
  const alarms = propertiesOf(ops, 'AWS::CloudWatch::Alarm').filter((alarm) => alarm['AlarmActions'] !== undefined);
  const made = alarms.map((alarm) => {
    const name = alarm['AlarmName'].slice('techmart-production-'.length);
    const [service = ''] = name.split('-');
    const general = (units.includes(service) ? name.replace(service, 'SERVICE') : name).replace(/\d/, 'N');
    return `${general} ${topicOf(alarm['AlarmActions'])} ${/docs\/runbooks\/([\w-]+\.md)/.exec(alarm['AlarmDescription'])?.[1]}`;
  });
  assert.deepEqual([...new Set(made)].sort(), listed.sort());
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

/** Which metric an alarm watches, on which side of the threshold is bad, and between what the threshold may lie. */
type Watch = readonly [metric: string, side: 'less' | 'greater', least: number, most: number];

const { storageGib, connectionsMax } = environment.database;
const WATCHED: Readonly<Record<string, Watch>> = {
  'database-storage': ['FreeStorageSpace', 'less', 0.05 * storageGib * 1024 ** 3, 0.2 * storageGib * 1024 ** 3],
  'database-processor': ['CPUUtilization', 'greater', 60, 90],
  'database-queue': ['DiskQueueDepth', 'greater', 16, 128],
  // PostgreSQL cleans up by itself at 200 million, and stops at two thousand million.
  'database-transaction-ids': ['MaximumUsedTransactionIDs', 'greater', 3e8, 1.5e9],
  'database-connections': ['DatabaseConnections', 'greater', 0.5 * connectionsMax, 0.9 * connectionsMax],
  'replica-1-lag': ['ReplicaLag', 'greater', 5, 60],
  'replica-2-lag': ['ReplicaLag', 'greater', 5, 60],
  'cache-memory': ['DatabaseMemoryUsagePercentage', 'greater', 70, 95],
  'cache-processor': ['EngineCPUUtilization', 'greater', 60, 90],
  'opensearch-red': ['ClusterStatus.red', 'greater', 0, 0],
  'opensearch-storage': ['FreeStorageSpace', 'less', 2 * 1024, 0.25 * 1024 * (environment.openSearch?.volumeGib ?? 0)],
  ...Object.fromEntries(
    units.flatMap((unit): [string, Watch][] => [
      [`${unit}-down`, ['HealthyHostCount', 'less', 1, 1]],
      [`${unit}-unhealthy`, ['UnHealthyHostCount', 'greater', 0, 0]],
      [`${unit}-memory`, ['MemoryUtilization', 'greater', 75, 95]],
    ]),
  ),
};
/** What wakes somebody. */
const PAGES = new Set(['database-storage', 'database-queue', 'database-transaction-ids', ...units.map((unit) => `${unit}-down`)]);
/** Where no value is a bad one: a service without tasks, a replica that is gone. */
const SILENCE = new Set([...units.map((unit) => `${unit}-down`), 'replica-1-lag', 'replica-2-lag']);

test('what the services stand on has alarms that fire in time and tell the right people', () => {
  const alarms = propertiesOf(ops, 'AWS::CloudWatch::Alarm');
  const others = alarms.filter((alarm) => alarm['Namespace'] !== 'TechMart' && !alarm['AlarmName'].includes('-slo-'));
  assert.deepEqual(others.map((alarm) => alarm['AlarmName']).sort(), Object.keys(WATCHED).map((name) => `techmart-production-${name}`).sort());
  for (const [name, [metric, side, least, most]] of Object.entries(WATCHED)) {
    const alarm = alarms.find((each) => each['AlarmName'] === `techmart-production-${name}`);
    const watched = [alarm?.['MetricName'] ?? [...new Set(alarm?.['Metrics'].flatMap(({ MetricStat }: any) => MetricStat?.Metric.MetricName ?? []))]].flat();
    assert.deepEqual(watched, [metric], name);
    assert.equal(alarm?.['ComparisonOperator'], side === 'less' ? 'LessThanThreshold' : 'GreaterThanThreshold', name);
    assert.ok(alarm?.['Threshold'] >= least && alarm?.['Threshold'] <= most, `${name}: ${alarm?.['Threshold']}`);
    const period = alarm?.['Period'] ?? alarm?.['Metrics'].find(({ MetricStat }: any) => MetricStat !== undefined).MetricStat.Period;
    assert.ok(period * alarm?.['EvaluationPeriods'] <= 15 * 60, `${name} is told within a quarter of an hour`);
    assert.equal(alarm?.['TreatMissingData'], SILENCE.has(name) ? 'breaching' : 'notBreaching', name);
    const told = PAGES.has(name) ? 'page' : 'ticket';
    assert.deepEqual([topicOf(alarm?.['AlarmActions']), topicOf(alarm?.['OKActions'])], [told, told], name);
  }
});

test('Redis is watched node by node, for AWS knows no figure of the group', () => {
  const nodes = only(data, 'AWS::ElastiCache::ReplicationGroup');
  for (const name of ['memory', 'processor']) {
    const alarm = propertiesOf(ops, 'AWS::CloudWatch::Alarm').find((each) => each['AlarmName'] === `techmart-production-cache-${name}`);
    const watched = alarm?.['Metrics'].flatMap(({ MetricStat }: any) => (MetricStat === undefined ? [] : MetricStat.Metric.Dimensions));
    assert.deepEqual(
      watched,
      Array.from({ length: nodes['NumCacheClusters'] }, (_, index) => ({ Name: 'CacheClusterId', Value: `${nodes['ReplicationGroupId']}-00${index + 1}` })),
    );
    assert.match(alarm?.['Metrics'].find(({ Expression }: any) => Expression !== undefined).Expression, /^MAX\(/);
  }
});

/** The alerts of Prometheus about money and stock, by the names that alarms have. */
const alerts = new Map(
  ['money', 'stock'].flatMap((rules) =>
    readText(`deploy/observability/prometheus/rules/${rules}.yml`)
      .split('- alert: ')
      .slice(1)
      .map((text): [string, { expression: string; severity: string | undefined; threshold: number }] => {
        const expression = /expr: ([^]*?)\n {8}(?:for|labels):/.exec(text)?.[1] ?? '';
        return [
          text.split('\n', 1)[0]!.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase(),
          { expression, severity: /severity: (\w+)/.exec(text)?.[1], threshold: Number(/> ([\d.]+)$/.exec(expression.trim())?.[1]) },
        ];
      }),
  ),
);

test('money that goes wrong calls a person without Prometheus, too: each alert about one series, as it is there', () => {
  const ofOneSeries = [...alerts].filter(([, { expression }]) => !expression.includes('{')).map(([name]) => name);
  assert.ok(ofOneSeries.length >= 5);
  const described = readText('docs/OBSERVABILITY.md');
  for (const { ops: stack, environment: where } of everything.shops) {
    const alarms = propertiesOf(stack, 'AWS::CloudWatch::Alarm').filter((alarm) => alarm['Namespace'] === 'TechMart');
    assert.deepEqual(alarms.map((alarm) => alarm['AlarmName']).sort(), ofOneSeries.map((name) => `techmart-${where.name}-${name}`).sort());
    for (const alarm of alarms) {
      const name = alarm['AlarmName'].slice(`techmart-${where.name}-`.length);
      const { expression, severity, threshold } = alerts.get(name)!;
      assert.ok(expression.includes(alarm['MetricName']) && described.includes(`| \`${alarm['MetricName']}\` |`), alarm['MetricName']);
      assert.deepEqual([topicOf(alarm['AlarmActions']), alarm['Threshold'], alarm['ComparisonOperator']], [severity, threshold, 'GreaterThanThreshold'], name);
      assert.equal(alarm['Statistic'], alarm['MetricName'].endsWith('_total') ? 'Sum' : 'Maximum', name);
      // The one process sends everything under its own name.
      const sender = where.composition === 'single' ? 'all' : alarm['MetricName'].split('_')[1];
      assert.deepEqual(alarm['Dimensions'], [{ Name: 'service', Value: sender }], name);
    }
  }
  assert.match(readText('services/all/src/serve.rs'), /name: "all"/);
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
