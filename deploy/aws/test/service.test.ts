// What every service is given, and what it must not be given.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTAINER_USER, HEALTH_CHECK, LOAD_BALANCER_IDLE_S, SERVICE_IDLE_MS, STOPPING } from '../config/defaults.ts';
import { readText } from '../lib/repository.ts';
import { loadRoutingTable } from '../lib/routing/table.ts';
import { build, propertiesOf, resources, shopOf } from './support.ts';

const everything = build();
const production = shopOf(everything, 'production');
const small = shopOf(everything, 'small');
const stacks = [...production.services, ...small.services];

/** The container of the service and the sidecar of a stack. */
const containersOf = (stack: (typeof stacks)[number]): Record<string, any>[] =>
  propertiesOf(stack, 'AWS::ECS::TaskDefinition')[0]?.['ContainerDefinitions'] ?? [];

for (const stack of stacks) {
  test(`${stack.stackName}: the container is hardened`, () => {
    for (const container of containersOf(stack)) {
      assert.equal(container['ReadonlyRootFilesystem'], true);
      assert.deepEqual(container['LinuxParameters'].Capabilities, { Drop: ['ALL'] });
      assert.doesNotMatch(container['User'], /^(0|root)/);
      assert.match(JSON.stringify(container['Image']), /@/, 'an image by digest');
    }
    const [app, telemetry] = containersOf(stack);
    assert.equal(app?.['User'], CONTAINER_USER);
    assert.equal(app?.['Essential'], true);
    assert.equal(telemetry?.['Essential'], false);
    const [task] = propertiesOf(stack, 'AWS::ECS::TaskDefinition');
    assert.equal(task?.['RuntimePlatform'].CpuArchitecture, 'ARM64');
    assert.notDeepEqual(task?.['TaskRoleArn'], task?.['ExecutionRoleArn']);
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
    assert.equal(Alarms.Rollback, true);
    assert.equal(MinimumHealthyPercent, 100);
    assert.equal(service?.['AvailabilityZoneRebalancing'], 'ENABLED');
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
  });
}

test('the check of a container is the one of the Dockerfile', () => {
  const dockerfile = readText('docker/service.Dockerfile');
  assert.ok(dockerfile.includes(`CMD ${JSON.stringify(HEALTH_CHECK.slice(1)).replace(',', ', ')}`));
  assert.ok(dockerfile.includes(`USER ${CONTAINER_USER}`));
  for (const stack of stacks) assert.deepEqual(containersOf(stack)[0]?.['HealthCheck'].Command, [...HEALTH_CHECK]);
});

test('stopping fits: the load balancer lets go, requests end, then ECS kills', () => {
  assert.ok(STOPPING.acceptMs + STOPPING.finishMs < STOPPING.killS * 1000);
  assert.ok(STOPPING.finishMs > Math.max(...loadRoutingTable().routes.map((route) => route.timeout_ms)));
  assert.ok(SERVICE_IDLE_MS > LOAD_BALANCER_IDLE_S * 1000);
  for (const target of propertiesOf(production.platform, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    const delay = target['TargetGroupAttributes'].find(({ Key }: { Key: string }) => Key === 'deregistration_delay.timeout_seconds');
    assert.equal(delay.Value, String(STOPPING.deregisterS));
  }
});

test('peaks raise both bounds ahead of time', () => {
  const [target] = propertiesOf(production.services[0]!, 'AWS::ApplicationAutoScaling::ScalableTarget');
  const actions = target?.['ScheduledActions'] as { ScheduledActionName: string; ScalableTargetAction: { MinCapacity: number } }[];
  assert.equal(actions.length, 2 * production.environment.peaks.length);
  const start = actions.find(({ ScheduledActionName }) => ScheduledActionName === 'black-week-start');
  assert.equal(start?.ScalableTargetAction.MinCapacity, 12);
});

test('every variable is a setting that the code knows', () => {
  const sources = new Map<string, string>();
  const settingsOf = (owner: string): string => {
    const file = owner === '' ? 'crates/common/src/config/fragments.rs' : `services/${owner}/src/config.rs`;
    const known = sources.get(file) ?? readText(file);
    sources.set(file, known);
    return known;
  };
  const shared = ['', 'checkout', 'orders'].map(settingsOf).join('\n') + readText('crates/mail/src/settings.rs');
  for (const stack of stacks) {
    const [app] = containersOf(stack);
    const names = [...(app?.['Environment'] ?? []), ...(app?.['Secrets'] ?? [])].map(({ Name }: { Name: string }) => Name);
    for (const name of names.filter((each) => each.startsWith('TECHMART_'))) {
      const found = /^TECHMART(?:_([A-Z]+))?__([A-Z_]+?)__(\w+)$/.exec(name);
      assert.ok(found !== null, name);
      const [, owner = '', , key = ''] = found;
      const source = owner === '' ? shared : settingsOf(owner.toLowerCase()) + settingsOf('');
      assert.match(source, new RegExp(`pub ${key.toLowerCase()}:`), name);
    }
  }
});

test('a service has the secrets that it needs and no others', () => {
  const secretsOf = (unit: string): string[] => {
    const stack = production.services.find(({ stackName }) => stackName.endsWith(`service-${unit}`))!;
    return (containersOf(stack)[0]?.['Secrets'] as { Name: string }[]).map(({ Name }) => Name).sort();
  };
  const everybody = ['PGPASSWORD', 'PGSSLROOTCERT', 'TECHMART__REDIS__URL'];
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
