// What every service is given, and what it must not be given.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTAINER_USER, HEALTH_CHECK, LOAD_BALANCER_IDLE_S, OPS_PORT, STOPPING } from '../config/defaults.ts';
import { readText } from '../lib/repository.ts';
import { loadRoutingTable, servicesOf } from '../lib/routing/table.ts';
import { containersOf, everything, only, parameterOf, propertiesOf, resources, shopOf } from './support.ts';

const loadServices = (): string[] => servicesOf(loadRoutingTable());
const production = shopOf(everything, 'production');
const small = shopOf(everything, 'small');
const stacks = [...production.services, ...small.services];

/** A variable in the open of the program's container. */
const variable = (stack: (typeof stacks)[number], name: string): string | undefined =>
  containersOf(stack)[0]?.['Environment'].find(({ Name }: { Name: string }) => Name === name)?.Value;

for (const stack of stacks) {
  test(`${stack.stackName}: the container is hardened`, () => {
    for (const container of containersOf(stack)) {
      assert.equal(container['ReadonlyRootFilesystem'], true);
      assert.deepEqual(container['LinuxParameters'].Capabilities, { Drop: ['ALL'] });
      assert.doesNotMatch(container['User'], /^(0|root)/);
      assert.match(JSON.stringify(container['Image']), /@/, 'an image by digest');
      assert.ok(container['Privileged'] !== true);
      assert.equal(container['LogConfiguration'].Options.mode, 'non-blocking', 'a log that cannot be written stops no purchase');
    }
    const [app, telemetry] = containersOf(stack);
    assert.equal(app?.['User'], CONTAINER_USER);
    assert.equal(app?.['Essential'], true);
    assert.equal(telemetry?.['Essential'], false);
    const [task] = propertiesOf(stack, 'AWS::ECS::TaskDefinition');
    assert.equal(task?.['RuntimePlatform'].CpuArchitecture, 'ARM64');
    assert.notDeepEqual(task?.['TaskRoleArn'], task?.['ExecutionRoleArn']);
    assert.equal(task?.['NetworkMode'], 'awsvpc');
    assert.deepEqual(task?.['RequiresCompatibilities'], ['FARGATE']);
  });

  test(`${stack.stackName}: the execution role reads the secrets of its task and no others`, () => {
    const address = (from: unknown): string => JSON.stringify(from).replace(/:[a-z_]+::"/, '"');
    const used = new Set((containersOf(stack)[0]?.['Secrets'] as { ValueFrom: unknown }[]).map(({ ValueFrom }) => address(ValueFrom)));
    const statements = propertiesOf(stack, 'AWS::IAM::Policy').flatMap((policy) => policy['PolicyDocument'].Statement as Record<string, any>[]);
    const readable = statements
      .filter(({ Action }) => [Action].flat().some((action: string) => /secretsmanager:GetSecretValue|ssm:GetParameters/.test(action)))
      .flatMap(({ Resource }) => [Resource].flat());
    assert.equal(readable.length, used.size);
    for (const resource of readable) {
      const name = JSON.stringify(resource['Fn::ImportValue'] ?? resource['Fn::Join']?.[1].at(-1));
      assert.ok([...used].some((secret) => secret.includes(name)), name);
    }
  });

  test(`${stack.stackName}: the code may write metrics of ours and traces, nothing else`, () => {
    const [policy] = propertiesOf(stack, 'AWS::IAM::Policy').filter(({ Roles }) => JSON.stringify(Roles).includes('TaskRole'));
    const actions = policy?.['PolicyDocument'].Statement.flatMap(({ Action }: { Action: string | string[] }) => Action) as string[];
    assert.deepEqual(actions.sort(), ['cloudwatch:PutMetricData', 'xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
  });

  test(`${stack.stackName}: no secret stands in the open`, () => {
    for (const { Name } of containersOf(stack).flatMap((container) => container['Environment'] ?? [])) {
      assert.doesNotMatch(Name, /PASSWORD|SECRET|_KEY|PEPPER|REDIS__URL|SMTP/);
    }
  });

  test(`${stack.stackName}: deployments are guarded`, () => {
    const [service] = propertiesOf(stack, 'AWS::ECS::Service');
    assert.equal(service?.['DesiredCount'], undefined, 'scaling owns the count');
    const { DeploymentCircuitBreaker, Alarms, MinimumHealthyPercent } = service?.['DeploymentConfiguration'];
    assert.deepEqual(DeploymentCircuitBreaker, { Enable: true, Rollback: true, ThresholdConfiguration: { Type: 'COUNT', Value: 3 } });
    assert.deepEqual([Alarms.Enable, Alarms.Rollback], [true, true]);
    assert.equal(MinimumHealthyPercent, 100);
    assert.equal(service?.['AvailabilityZoneRebalancing'], 'ENABLED');
    assert.equal(service?.['NetworkConfiguration'].AwsvpcConfiguration.Subnets.length, 3, 'one in each zone');
    assert.equal(service?.['HealthCheckGracePeriodSeconds'], containersOf(stack)[0]?.['HealthCheck'].StartPeriod);
    assert.equal(service?.['LoadBalancers'].length, 1);
    assert.equal(service?.['EnableExecuteCommand'], false);
    const names = propertiesOf(stack, 'AWS::CloudWatch::Alarm').map((alarm) => alarm['AlarmName'] as string);
    assert.deepEqual(Alarms.AlarmNames, names);
    assert.ok(names.every((name) => name.startsWith('techmart-')));
  });

  test(`${stack.stackName}: scales by processor, memory and requests`, () => {
    const metrics = propertiesOf(stack, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
      (policy) => policy['TargetTrackingScalingPolicyConfiguration'].PredefinedMetricSpecification.PredefinedMetricType as string,
    );
    assert.deepEqual(metrics.sort(), ['ALBRequestCountPerTarget', 'ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization']);
    for (const policy of propertiesOf(stack, 'AWS::ApplicationAutoScaling::ScalingPolicy')) {
      const { TargetValue, ScaleOutCooldown, PredefinedMetricSpecification } = policy['TargetTrackingScalingPolicyConfiguration'];
      assert.ok(ScaleOutCooldown <= 120, 'shoppers do not wait for tasks');
      if (String(PredefinedMetricSpecification.PredefinedMetricType).endsWith('Utilization')) {
        assert.ok(TargetValue >= 40 && TargetValue <= 80, 'there is room while tasks start');
      }
    }
  });

  test(`${stack.stackName}: a deployment goes back when its own answers are wrong or slow`, () => {
    const unit = stack.stackName.split('-service-')[1] ?? '';
    const [errors, latency, ...others] = propertiesOf(stack, 'AWS::CloudWatch::Alarm');
    assert.equal(others.length, 0);
    for (const alarm of [errors, latency]) {
      assert.equal(alarm?.['ComparisonOperator'], 'GreaterThanThreshold');
      assert.equal(alarm?.['TreatMissingData'], 'notBreaching', 'a quiet night is no error');
      assert.ok(alarm?.['DatapointsToAlarm'] <= alarm?.['EvaluationPeriods'] && alarm?.['EvaluationPeriods'] <= 5, 'while the deployment is still watched');
    }
    const [share, ...series] = errors?.['Metrics'] as Record<string, any>[];
    const [, least] = /^IF\(requests > (\d+), 100 \* FILL\(errors, 0\) \/ requests, 0\)$/.exec(share?.['Expression']) ?? [];
    assert.ok(Number(least) <= 50, 'a service that few ask is watched, too');
    assert.ok(errors?.['Threshold'] >= 1 && errors?.['Threshold'] <= 10, 'percent');
    assert.deepEqual(
      series.map(({ Id, MetricStat }) => `${Id} ${MetricStat.Stat} ${MetricStat.Metric.MetricName}`),
      ['requests Sum RequestCount', 'errors Sum HTTPCode_Target_5XX_Count'],
    );
    assert.deepEqual([latency?.['MetricName'], latency?.['ExtendedStatistic']], ['TargetResponseTime', 'p99']);
    assert.ok(latency?.['Threshold'] >= 1 && latency?.['Threshold'] <= 5, 'seconds');
    for (const dimensions of [latency?.['Dimensions'], ...series.map(({ MetricStat }) => MetricStat.Metric.Dimensions)]) {
      assert.match(JSON.stringify(dimensions), new RegExp(`Target${unit}[0-9A-F]{8}TargetGroupFullName`), 'of its own target group');
    }
  });
}

test('there are two of everything that must not stop, everywhere', () => {
  for (const shop of everything.shops) {
    for (const stack of shop.services) {
      assert.ok(only(stack, 'AWS::ApplicationAutoScaling::ScalableTarget')['MinCapacity'] >= 2, stack.stackName);
      assert.equal(only(stack, 'AWS::ECS::Service')['DesiredCount'], undefined, stack.stackName);
    }
    for (const instance of propertiesOf(shop.data, 'AWS::RDS::DBInstance')) {
      if (instance['SourceDBInstanceIdentifier'] === undefined) assert.equal(instance['MultiAZ'], true, shop.environment.name);
    }
  }
});

test('what a deployment is given is a digest, and nothing else is taken', () => {
  for (const shop of everything.shops) {
    for (const stack of [shop.migrations, ...shop.services]) {
      const pattern = new RegExp(parameterOf(stack, 'ImageDigest')['AllowedPattern']);
      assert.ok(pattern.test(`sha256:${'0'.repeat(64)}`) && !pattern.test('latest') && !pattern.test(`sha256:${'0'.repeat(64)} `), stack.stackName);
    }
  }
});

test('the check of a container is the one of the Dockerfile', () => {
  const dockerfile = readText('docker/service.Dockerfile');
  assert.ok(dockerfile.includes(`CMD ${JSON.stringify(HEALTH_CHECK.slice(1)).replace(',', ', ')}`));
  assert.ok(dockerfile.includes(`USER ${CONTAINER_USER}`));
  for (const stack of stacks) assert.deepEqual(containersOf(stack)[0]?.['HealthCheck'].Command, [...HEALTH_CHECK]);
});

test('the load balancer asks whether a task is ready, where the image answers that', () => {
  assert.match(readText('docker/service.Dockerfile'), new RegExp(`TECHMART__HTTP__OPS_ADDRESS=0\\.0\\.0\\.0:${OPS_PORT}`));
  for (const target of propertiesOf(production.platform, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    assert.deepEqual([target['HealthCheckPath'], target['HealthCheckPort'], target['TargetType']], ['/readyz', String(OPS_PORT), 'ip']);
  }
});

test('stopping fits: the load balancer lets go, requests end, then ECS kills', () => {
  const slowest = Math.max(...loadRoutingTable().routes.map((route) => route.timeout_ms));
  for (const stack of stacks) {
    const accept = Number(variable(stack, 'TECHMART__HTTP__DRAIN_MS'));
    const finish = Number(variable(stack, 'TECHMART__HTTP__DRAIN_HARD_MS'));
    const kill = containersOf(stack)[0]?.['StopTimeout'] * 1000;
    assert.ok(accept + finish < kill && kill <= 120_000, 'Fargate waits two minutes at most');
    assert.ok(finish > slowest);
    assert.ok(Number(variable(stack, 'TECHMART__HTTP__IDLE_TIMEOUT_MS')) > LOAD_BALANCER_IDLE_S * 1000);
  }
  assert.ok(STOPPING.deregisterS * 1000 >= slowest);
  for (const target of propertiesOf(production.platform, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    const delay = target['TargetGroupAttributes'].find(({ Key }: { Key: string }) => Key === 'deregistration_delay.timeout_seconds');
    assert.equal(delay.Value, String(STOPPING.deregisterS));
  }
});

test('peaks raise the floor ahead of time, in every service, and leave the ceiling', () => {
  for (const stack of production.services) {
    const target = only(stack, 'AWS::ApplicationAutoScaling::ScalableTarget');
    const actions = target['ScheduledActions'] as Record<string, any>[];
    assert.equal(actions.length, 2 * production.environment.peaks.length);
    const capacity = (name: string): unknown => actions.find(({ ScheduledActionName }) => ScheduledActionName === name)?.['ScalableTargetAction'];
    assert.deepEqual(capacity('black-week-start'), { MinCapacity: 12, MaxCapacity: target['MaxCapacity'] });
    assert.deepEqual(capacity('black-week-end'), { MinCapacity: target['MinCapacity'], MaxCapacity: target['MaxCapacity'] });
    assert.ok(actions.every(({ Timezone }) => Timezone === 'America/New_York'));
  }
});

test('PostgreSQL has a connection for every pool of every task, twice while a deployment replaces them', () => {
  for (const shop of everything.shops) {
    const tasks = shop.services.map((stack) => {
      const pools = shop.units.includes('techmart') ? loadServices() : [stack.stackName.split('-service-')[1] ?? ''];
      const each = pools.map((service) => Number(variable(stack, `TECHMART_${service.toUpperCase()}__DB__POOL_SIZE_MAX`)));
      const most = only(stack, 'AWS::ApplicationAutoScaling::ScalableTarget')['MaxCapacity'] as number;
      const { MaximumPercent } = only(stack, 'AWS::ECS::Service')['DeploymentConfiguration'];
      return (most * MaximumPercent * each.reduce((sum, one) => sum + one, 0)) / 100;
    });
    const wanted = tasks.reduce((sum, one) => sum + one, 0);
    const room = Number(only(shop.data, 'AWS::RDS::DBParameterGroup')['Parameters'].max_connections);
    assert.ok(wanted <= room * 0.9, `${shop.environment.name}: ${wanted} of ${room}; a tenth is for people, migrations and RDS`);
  }
});

test('a service has the secrets that it needs and no others', () => {
  const secretsOf = (unit: string): string[] => {
    const stack = production.services.find(({ stackName }) => stackName.endsWith(`service-${unit}`))!;
    return (containersOf(stack)[0]?.['Secrets'] as { Name: string }[]).map(({ Name }) => Name).sort();
  };
  const everybody = ['PGPASSWORD', 'PGSSLROOTCERT', 'TECHMART__DB__OTHER_PASSWORD', 'TECHMART__REDIS__URL'];
  assert.deepEqual(secretsOf('catalog'), everybody);
  assert.deepEqual(secretsOf('cart'), everybody);
  assert.ok(secretsOf('checkout').includes('TECHMART_CHECKOUT__PAYMENT__SECRET_KEY'));
  assert.ok(!secretsOf('orders').some((name) => name.includes('PAYMENT')));
  assert.ok(secretsOf('auth').includes('TECHMART_AUTH__JWT__SIGNING_KEY'));
});

test('the one process mounts all six, without Redis and OpenSearch', () => {
  assert.equal(small.services.length, 1);
  const names = (containersOf(small.services[0]!)[0]?.['Environment'] as { Name: string }[]).map(({ Name }) => Name);
  for (const service of ['AUTH', 'CATALOG', 'CART', 'CHECKOUT', 'ORDERS', 'SEARCH']) assert.ok(names.includes(`TECHMART_${service}__DB__URL`));
  assert.equal(resources(small.data, 'AWS::ElastiCache::ReplicationGroup').length, 0);
  assert.equal(resources(small.data, 'AWS::OpenSearchService::Domain').length, 0);
  assert.equal(small.apis.length, 0);
});
