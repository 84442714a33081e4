// What the services stand on: the cluster, its log, and logs that end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTAINER_USER } from '../config/defaults.ts';
import { everything, only, propertiesOf, shopOf, stacksOf } from './support.ts';

const { platform, environment, units } = shopOf(everything, 'production');

test('the cluster tells what its tasks use, and what ECS does is kept as a log', () => {
  assert.deepEqual(only(platform, 'AWS::ECS::Cluster')['ClusterSettings'], [{ Name: 'containerInsights', Value: 'enhanced' }]);
  const rule = only(platform, 'AWS::Events::Rule');
  assert.deepEqual(rule['EventPattern'].source, ['aws.ecs']);
  assert.match(JSON.stringify(rule['Targets']), /log-group/);
  assert.match(JSON.stringify(only(platform, 'AWS::Logs::ResourcePolicy')), /events\.amazonaws\.com/);
});

test('every log is kept as long as its environment says, and what holds requests or settings is encrypted with our key', () => {
  const days = new Map(everything.shops.map((shop) => [shop.environment.name, shop.environment.logDays]));
  for (const stack of stacksOf(everything)) {
    for (const group of propertiesOf(stack, 'AWS::Logs::LogGroup')) {
      const name = `${stack.stackName} ${JSON.stringify(group['LogGroupName'])}`;
      assert.equal(group['RetentionInDays'], days.get(stack.stackName.split('-')[1] ?? ''), name);
      // A firewall's log holds what it refused, and lies in another region than the key.
      if (!name.includes('aws-waf-logs-')) assert.notEqual(group['KmsKeyId'], undefined, name);
    }
  }
});

test('the load balancer finds out about a sick task in seconds, and does not forget a well one over one bad answer', () => {
  for (const shop of everything.shops) {
    for (const target of propertiesOf(shop.platform, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
      const seconds = target['HealthCheckIntervalSeconds'] * target['UnhealthyThresholdCount'];
      assert.ok(target['UnhealthyThresholdCount'] >= 2 && seconds <= 30, `${target['Name']}: ${seconds} s`);
    }
  }
});

test('each unit has a log and a target group of its own', () => {
  const groups = propertiesOf(platform, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName as string);
  const targets = propertiesOf(platform, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(({ Name }) => Name as string);
  for (const unit of units) {
    assert.ok(groups.includes(`/techmart/${environment.name}/${unit}`), unit);
    assert.ok(targets.includes(`techmart-${environment.name}-${unit}`), unit);
  }
});

test('migrations run in a task without a way in, one after the other, and a failure is seen', () => {
  for (const { migrations } of everything.shops) {
    const task = only(migrations, 'AWS::ECS::TaskDefinition');
    assert.equal(task['RuntimePlatform'].CpuArchitecture, 'ARM64');
    const [container] = task['ContainerDefinitions'];
    assert.equal(container.ReadonlyRootFilesystem, true);
    assert.equal(container.PortMappings, undefined);
    assert.equal(container.User, CONTAINER_USER);
    assert.deepEqual(container.LinuxParameters.Capabilities, { Drop: ['ALL'] });
    assert.match(JSON.stringify(container.Image), /@/, 'an image by digest');
    const machine = only(migrations, 'AWS::StepFunctions::StateMachine');
    const steps = JSON.stringify(machine['DefinitionString']);
    assert.ok(steps.indexOf('\\"roles\\"') < steps.indexOf('\\"up\\"'), 'roles first');
    assert.equal(steps.match(/runTask\.sync/g)?.length, 2, 'each step is waited for');
    assert.doesNotMatch(steps, /AssignPublicIp[^A-Z]+ENABLED/);
    assert.equal(machine['LoggingConfiguration'].IncludeExecutionData, false, 'nothing of a run is told but that it was');
  }
});
