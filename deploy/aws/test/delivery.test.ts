// Images cannot change under their name, and production gets what staging had.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, propertiesOf, resources, shopOf } from './support.ts';

const everything = build();
const { registry, pipeline } = everything;

test('repositories: immutable tags, scanned', () => {
  const repositories = propertiesOf(registry, 'AWS::ECR::Repository');
  assert.equal(repositories.length, 11);
  for (const repository of repositories) {
    assert.equal(repository['ImageTagMutability'], 'IMMUTABLE');
    assert.equal(repository['ImageScanningConfiguration'].ScanOnPush, true);
  }
});

test('the pipeline: staging, approval, production; each goes back when it fails', () => {
  const [definition] = propertiesOf(pipeline, 'AWS::CodePipeline::Pipeline');
  assert.equal(definition?.['PipelineType'], 'V2');
  const stages = definition?.['Stages'] as { Name: string; OnFailure?: { Result: string }; Actions: Record<string, any>[] }[];
  assert.deepEqual(stages.map(({ Name }) => Name), ['Source', 'staging', 'Approve-production', 'production']);
  for (const stage of stages.filter(({ Name }) => Name === 'staging' || Name === 'production')) {
    assert.equal(stage.OnFailure?.Result, 'ROLLBACK');
    const order = Object.fromEntries(stage.Actions.map((action) => [action['Name'], action['RunOrder']]));
    assert.ok(order['migrations'] < order['Migrate'] && order['Migrate'] < order['service-cart'] && order['service-cart'] < order['Smoke']);
    for (const action of stage.Actions.filter(({ Name }) => Name.startsWith('service-'))) {
      const unit = action['Name'].slice('service-'.length);
      assert.deepEqual(JSON.parse(action['Configuration'].ParameterOverrides), { ImageDigest: { 'Fn::GetParam': ['Release', 'images.json', unit] } });
    }
  }
});

test('what the pipeline names exists', () => {
  for (const name of ['staging', 'production']) {
    const shop = shopOf(everything, name);
    const names = [shop.migrations, ...shop.services].map(({ stackName }) => stackName);
    const [definition] = propertiesOf(pipeline, 'AWS::CodePipeline::Pipeline');
    const actions = definition?.['Stages'].flatMap(({ Actions }: any) => Actions) as any[];
    const deployed = actions.map(({ Configuration }) => Configuration?.StackName as string | undefined);
    for (const stack of names) assert.ok(deployed.includes(stack), stack);
    assert.equal(propertiesOf(shop.migrations, 'AWS::StepFunctions::StateMachine')[0]?.['StateMachineName'], `techmart-${name}-migrations`);
  }
});

test('environments may be in accounts of their own', () => {
  const apart = build((environment) => ({ ...environment, account: environment.name === 'staging' ? '444455556666' : environment.account }));
  const pull = JSON.stringify(propertiesOf(apart.registry, 'AWS::ECR::Repository')[0]?.['RepositoryPolicyText']);
  assert.match(pull, /444455556666/);
  assert.equal(resources(apart.pipeline, 'AWS::CodePipeline::Pipeline').length, 1);
});
