// Images cannot change under their name, and production gets what staging had.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import { readText } from '../lib/repository.ts';
import { build, everything, only, propertiesOf, resources, shopOf, stacksOf } from './support.ts';

const { registry, pipeline } = everything;

test('repositories: immutable tags, scanned', () => {
  const repositories = propertiesOf(registry, 'AWS::ECR::Repository');
  assert.equal(repositories.length, 11);
  for (const repository of repositories) {
    assert.equal(repository['ImageTagMutability'], 'IMMUTABLE');
    assert.equal(repository['ImageScanningConfiguration'].ScanOnPush, true);
    const { rules } = JSON.parse(repository['LifecyclePolicy'].LifecyclePolicyText) as { rules: { selection: { countType: string; countNumber: number } }[] };
    const [kept] = rules.filter(({ selection }) => selection.countType === 'imageCountMoreThan').map(({ selection }) => selection.countNumber);
    assert.ok((kept ?? 0) >= 100, 'what runs, and what one goes back to, is among them');
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
    const smoke = stage.Actions.find(({ Name }) => Name === 'Smoke');
    assert.deepEqual(smoke?.['Commands'], [`bash smoke.sh https://${shopOf(everything, stage.Name).environment.domain}`]);
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

test('what the pipeline reads, the bundle holds', () => {
  const [definition] = propertiesOf(pipeline, 'AWS::CodePipeline::Pipeline');
  const actions = definition?.['Stages'].flatMap(({ Actions }: any) => Actions) as any[];
  const read = actions.map(({ Configuration }) => Configuration?.TemplatePath as string | undefined).filter((path) => path !== undefined);
  // `bundle-release.sh` takes the templates with a digest as a parameter.
  const bundled = everything.shops
    .flatMap((shop) => [shop.migrations, ...shop.services])
    .filter((stack) => Template.fromStack(stack).toJSON()['Parameters']?.ImageDigest !== undefined)
    .map(({ stackName }) => `Release::templates/${stackName}.template.json`);
  assert.equal(read.length, 14);
  for (const path of read) assert.ok(bundled.includes(path), path);
  const commands = actions.flatMap(({ Commands }) => Commands ?? []) as string[];
  assert.deepEqual(commands, ['bash smoke.sh https://staging.shop.example.com', 'bash smoke.sh https://shop.example.com']);
  const bundle = readText('deploy/aws/scripts/bundle-release.sh');
  for (const part of ['images.json', 'templates', 'smoke.sh']) assert.ok(bundle.includes(`$scratch/${part}`) || bundle.includes(`/${part}" "$scratch"`), part);
});

test('CloudFormation may make the roles that are in the templates', () => {
  const stages = only(pipeline, 'AWS::CodePipeline::Pipeline')['Stages'] as { Actions: Record<string, any>[] }[];
  for (const { Configuration } of stages.flatMap(({ Actions }) => Actions).filter((action) => action['Configuration']?.StackName !== undefined)) {
    assert.equal(Configuration.Capabilities, 'CAPABILITY_IAM', Configuration.StackName);
    assert.equal(Configuration.ActionMode, 'CREATE_UPDATE');
  }
  for (const stack of everything.shops.flatMap((shop) => [shop.migrations, ...shop.services])) {
    for (const role of propertiesOf(stack, 'AWS::IAM::Role')) assert.equal(role['RoleName'], undefined, stack.stackName);
  }
});

test('every image that the pipeline asks for has a repository, and is built', () => {
  const repositories = propertiesOf(registry, 'AWS::ECR::Repository').map(({ RepositoryName }) => RepositoryName as string);
  const bake = readText('deploy/pipeline/bake.hcl');
  const built = [...(/matrix\s+= \{ unit = \[([^\]]+)\]/.exec(bake)?.[1] ?? '').matchAll(/"(\w+)"/g)].map(([, name]) => name ?? '');
  const all = [...built, ...[...bake.matchAll(/\/techmart\/(\w+)"\]/g)].map(([, name]) => name ?? '')];
  // The telemetry sidecar is a mirror, not ours.
  assert.deepEqual(repositories.filter((name) => name !== 'techmart/telemetry').sort(), all.map((name) => `techmart/${name}`).sort());
});

test('a release starts the pipeline, one at a time, and a person is asked before production', () => {
  const [definition] = propertiesOf(pipeline, 'AWS::CodePipeline::Pipeline');
  assert.equal(definition?.['ExecutionMode'], 'QUEUED');
  const rule = propertiesOf(pipeline, 'AWS::Events::Rule').find(({ EventPattern }) => EventPattern.source.includes('aws.s3'));
  assert.deepEqual(rule?.['EventPattern'].detail.object, { key: ['release.zip'] });
  assert.equal(only(registry, 'AWS::S3::Bucket')['NotificationConfiguration'].EventBridgeConfiguration.EventBridgeEnabled, true);
  const approval = definition?.['Stages'].find(({ Name }: any) => Name === 'Approve-production').Actions[0];
  assert.equal(approval.ActionTypeId.Category, 'Approval');
  assert.ok(approval.Configuration.NotificationArn !== undefined);
});

test('GitHub is known once in each account, by the library\'s own type and no function', () => {
  for (const stack of stacksOf(everything).filter(({ stackName }) => stackName.startsWith('techmart-identity-'))) {
    const provider = only(stack, 'AWS::IAM::OIDCProvider');
    assert.deepEqual([provider['Url'], provider['ClientIdList']], ['https://token.actions.githubusercontent.com', ['sts.amazonaws.com']]);
  }
  for (const stack of stacksOf(everything)) assert.equal(resources(stack, 'AWS::Lambda::Function').length, 0, stack.stackName);
});

test('environments may be in accounts of their own', () => {
  const apart = build((environment) => ({ ...environment, account: environment.name === 'staging' ? '444455556666' : environment.account }));
  const pull = JSON.stringify(propertiesOf(apart.registry, 'AWS::ECR::Repository')[0]?.['RepositoryPolicyText']);
  assert.match(pull, /444455556666/);
  const stages = only(apart.pipeline, 'AWS::CodePipeline::Pipeline')['Stages'] as { Name: string; Actions: { RoleArn?: string }[] }[];
  const roles = stages.find(({ Name }) => Name === 'staging')?.Actions.map(({ RoleArn }) => JSON.stringify(RoleArn)) ?? [];
  assert.equal(roles.filter((role) => role.includes('444455556666')).length, 8, 'stacks and migrations, in that account\'s roles');
  const readers = [only(apart.pipeline, 'AWS::S3::BucketPolicy')['PolicyDocument'], only(apart.pipeline, 'AWS::KMS::Key')['KeyPolicy']];
  for (const policy of readers) assert.match(JSON.stringify(policy), /444455556666:role\/cdk-hnb659fds-deploy-role/);
});
