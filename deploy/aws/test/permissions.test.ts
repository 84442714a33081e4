// Each workflow's role may do what its scripts do, and little else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stack } from 'aws-cdk-lib';
import { readText } from '../lib/repository.ts';
import { everything, resources, shopOf } from './support.ts';

/** Commands of the AWS command line whose right has another name, or several. */
const RIGHTS: Readonly<Record<string, string[]>> = {
  'ecr get-login-password': ['ecr:GetAuthorizationToken'],
  'ecs wait tasks-stopped': ['ecs:DescribeTasks'],
  'logs tail': ['logs:FilterLogEvents'],
  'rds wait db-snapshot-available': ['rds:DescribeDBSnapshots'],
  's3 cp': ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  's3api put-object': ['s3:PutObject'],
  'ecs run-task': ['ecs:RunTask', 'iam:PassRole'],
};
const SERVICES: Readonly<Record<string, string>> = { stepfunctions: 'states' };
/** Initials that AWS writes large. */
const LARGE: Readonly<Record<string, string>> = { db: 'DB' };

/** The rights that a script of `deploy/pipeline` needs. */
function rightsOf(script: string): string[] {
  const source = readText(`deploy/pipeline/${script}`).replaceAll(/^\s*#.*$/gm, '');
  return [...source.matchAll(/\baws ([a-z0-9]+) ([a-z0-9-]+)(?: ([a-z-]+))?/g)].flatMap(([, service = '', command = '', next = '']) => {
    const known = RIGHTS[`${service} ${command} ${next}`] ?? RIGHTS[`${service} ${command}`];
    if (known !== undefined) return known;
    const action = command.split('-').map((word) => LARGE[word] ?? `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('');
    return [`${SERVICES[service] ?? service}:${action}`];
  });
}

/** The rights of a role: actions with the resources on which they are given. */
function granted(stack: Stack, roleName: string): Map<string, string> {
  const role = resources(stack, 'AWS::IAM::Role').find(([, { Properties }]) => Properties?.['RoleName'] === roleName);
  assert.ok(role !== undefined, roleName);
  const statements = resources(stack, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => JSON.stringify(Properties?.['Roles']).includes(`"${role[0]}"`))
    .flatMap(([, { Properties }]) => Properties?.['PolicyDocument'].Statement as { Action: string | string[]; Resource: unknown }[]);
  return new Map(statements.flatMap(({ Action, Resource }) => [Action].flat().map((action) => [action, JSON.stringify(Resource)] as const)));
}

function mayRun(rights: ReadonlyMap<string, string>, scripts: readonly string[]): void {
  for (const script of scripts) {
    for (const right of rightsOf(script)) assert.ok(rights.has(right), `${script} needs ${right}`);
  }
}

test('the scripts\' needs are read', () => {
  assert.deepEqual(rightsOf('promote.sh').sort(), [
    'codepipeline:GetPipeline',
    'codepipeline:ListActionExecutions',
    'codepipeline:ListPipelineExecutions',
    's3:PutObject',
  ]);
  assert.ok(rightsOf('migrate.sh').includes('rds:CreateDBSnapshot') && rightsOf('migrate.sh').includes('states:StartExecution'));
});

for (const name of ['staging', 'production', 'small']) {
  test(`${name}: the deploying role may do what a deployment does`, () => {
    const rights = granted(shopOf(everything, name).access, `techmart-${name}-github-deploy`);
    mayRun(rights, ['release.sh', 'migrate.sh', 'migrations-network.sh', 'await-running.sh', 'publish-pages.sh', 'registry-login.sh']);
    // The command of the CDK works by the roles that it has made itself.
    assert.match(rights.get('sts:AssumeRole') ?? '', /cdk-hnb659fds-deploy-role.*file-publishing.*lookup/);
    for (const [action, resource] of rights) {
      for (const one of [JSON.parse(resource) as unknown].flat().map(String)) {
        if (!/^arn:aws:(cloudformation|ecs|logs|rds|ssm|states):/.test(one)) continue;
        assert.ok(one.includes(`techmart-${name}-`) || one.includes(`/${name}/`), `${action} on ${one}`);
      }
    }
  });
}

test('the promoting role may put a release down and follow it, from production alone', () => {
  const { pipeline } = everything;
  const rights = granted(pipeline, 'techmart-github-promote');
  mayRun(rights, ['promote.sh']);
  assert.equal(rights.size, 4);
  assert.match(rights.get('s3:PutObject') ?? '', /\/release\.zip"/);
  for (const [action, resource] of rights) if (action.startsWith('codepipeline:')) assert.doesNotMatch(resource, /"\*"/, action);
  const [, role] = resources(pipeline, 'AWS::IAM::Role').find(([, { Properties }]) => Properties?.['RoleName'] === 'techmart-github-promote')!;
  assert.match(JSON.stringify(role.Properties?.['AssumeRolePolicyDocument']), /:environment:production"/);
  for (const shop of everything.shops) {
    const others = granted(shop.access, `techmart-${shop.environment.name}-github-deploy`);
    assert.ok([...others.keys()].every((action) => !action.startsWith('codepipeline:')));
  }
});

test('the building role pushes and does nothing else; the looking role changes nothing', () => {
  const images = granted(everything.registry, 'techmart-github-images');
  mayRun(images, ['registry-login.sh']);
  assert.ok([...images.keys()].every((action) => action.startsWith('ecr:')), [...images.keys()].join());
  assert.ok(images.has('ecr:PutImage') && !images.has('ecr:BatchDeleteImage'));
  const preview = granted(everything.registry, 'techmart-github-preview');
  mayRun(preview, ['registry-login.sh', 'as-role.sh']);
  for (const action of preview.keys()) assert.match(action, /:(Get|Describe|Batch(Get|Check)|AssumeRole)/, action);
  assert.match(preview.get('sts:AssumeRole') ?? '', /lookup-role/);
  assert.doesNotMatch(preview.get('sts:AssumeRole') ?? '', /deploy-role|publishing/);
});

test('each job signs in with a role of its own environment, and promotes with the one for it', () => {
  const workflow = readText('.github/workflows/deploy.yml');
  const production = workflow.slice(workflow.indexOf('\n  production:'));
  const steps = production.split('\n      - ').filter((step) => step.includes('role-to-assume') || step.includes('promote.sh'));
  assert.deepEqual(
    steps.map((step) => /vars\.AWS_(\w+)/.exec(step)?.[1] ?? 'promote'),
    ['ROLE', 'PROMOTE_ROLE', 'promote', 'ROLE'],
  );
});
