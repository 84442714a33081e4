// Roles: no action is a wildcard, and no resource but those that AWS cannot narrow.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everything, propertiesOf, type Resource, resources, stacksOf } from './support.ts';

/** Actions for which AWS knows no resource, or that are held to one by a condition. */
const WITHOUT_RESOURCE = new Set([
  'ecr:GetAuthorizationToken',
  'cloudwatch:PutMetricData',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  // The log delivery of a state machine.
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  // What a state machine needs to wait for its task; the library grants it on every task.
  'ecs:StopTask',
  'ecs:DescribeTasks',
  // Lists.
  'states:ListStateMachines',
  'ecs:ListServices',
  'ecs:DescribeTaskDefinition',
  'rds:DescribeDBInstances',
  'rds:DescribeDBSnapshots',
]);

/** What the library writes for reading and writing a bucket of its own. */
const LIBRARY_WILDCARDS = new Set([
  's3:GetObject*',
  's3:GetBucket*',
  's3:List*',
  's3:DeleteObject*',
  's3:Abort*',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
]);

interface Statement {
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The policies of a resource. */
function documentsOf({ Type, Properties }: Resource): { Statement: Statement[] }[] {
  if (Type === 'AWS::IAM::Role') return (Properties?.['Policies'] ?? []).map(({ PolicyDocument }: any) => PolicyDocument);
  return Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy' ? [Properties?.['PolicyDocument']] : [];
}

/** The statements of all roles of a stack. */
const statementsOf = (stack: Parameters<typeof resources>[0]): [where: string, statement: Statement][] =>
  resources(stack).flatMap(([id, resource]) =>
    documentsOf(resource).flatMap(({ Statement }) => Statement.map((one): [string, Statement] => [`${stack.stackName} ${id}`, one])),
  );

for (const stack of stacksOf(everything)) {
  test(`${stack.stackName}: actions and resources are named`, () => {
    for (const [where, statement] of statementsOf(stack)) {
      const actions = list(statement.Action);
      for (const action of actions) {
        assert.ok(!action.includes('*') || LIBRARY_WILDCARDS.has(action), `${where}: ${action}`);
      }
      if (list(statement.Resource).includes('*')) {
        for (const action of actions) assert.ok(WITHOUT_RESOURCE.has(action), `${where}: ${action} on everything`);
      }
    }
  });
}

test('what knows no resource is held by a condition where AWS has one', () => {
  const held: Readonly<Record<string, string>> = {
    'cloudwatch:PutMetricData': 'cloudwatch:namespace',
    'ecs:ListServices': 'ecs:cluster',
    'iam:PassRole': 'iam:PassedToService',
  };
  for (const stack of stacksOf(everything)) {
    for (const [where, { Action, Condition }] of statementsOf(stack)) {
      // Roles are handed over by the library, too, for one task or one action each: there the resource is named.
      const asked = list(Action).flatMap((action) => (action === 'iam:PassRole' && !where.includes('DeployRole') ? [] : (held[action] ?? [])));
      for (const key of asked) assert.ok(JSON.stringify(Condition ?? {}).includes(`"${key}"`), `${where}: ${Action} without ${key}`);
    }
  }
});

test('tasks decrypt by our key what Secrets Manager hands to them, and nothing else', () => {
  const stacks = everything.shops.flatMap(({ migrations, services }) => [migrations, ...services]);
  for (const stack of stacks) {
    const decrypting = statementsOf(stack).filter(([, { Action }]) => list(Action).some((action) => action.startsWith('kms:')));
    assert.ok(decrypting.length > 0, stack.stackName);
    for (const [where, { Action, Condition }] of decrypting) {
      assert.deepEqual(list(Action), ['kms:Decrypt'], where);
      assert.match(String(Condition?.['StringEquals']?.['kms:ViaService']), /^secretsmanager\./, where);
    }
  }
});

test('a role of ours is taken on from this account, by who is named', () => {
  for (const stack of stacksOf(everything)) {
    for (const [id, { Properties }] of resources(stack, 'AWS::IAM::Role')) {
      for (const { Principal, Condition } of Properties?.['AssumeRolePolicyDocument'].Statement as (Statement & { Principal: Record<string, unknown> })[]) {
        const where = `${stack.stackName} ${id}`;
        if (/^(ecs-tasks|codepipeline)\./.test(String(Principal['Service']))) {
          assert.deepEqual(Condition, { StringEquals: { 'aws:SourceAccount': stack.account } }, where);
        }
        // A whole account is as good as nobody named.
        if (JSON.stringify(Principal).includes(':root')) {
          assert.match(String(Condition?.['ArnEquals']?.['aws:PrincipalArn']), /:role\/techmart-pipeline$/, where);
        }
      }
    }
  }
});

test('nobody outside is trusted but GitHub, and it only for one environment of one repository', () => {
  for (const stack of stacksOf(everything)) {
    for (const [id, { Properties }] of resources(stack, 'AWS::IAM::Role')) {
      for (const statement of Properties?.['AssumeRolePolicyDocument'].Statement as Statement[]) {
        const where = `${stack.stackName} ${id}`;
        assert.doesNotMatch(JSON.stringify(statement.Principal), /"\*"/, where);
        if (!JSON.stringify(statement.Principal).includes('token.actions')) continue;
        const conditions = statement.Condition?.['StringEquals'] ?? {};
        assert.equal(conditions['token.actions.githubusercontent.com:aud'], 'sts.amazonaws.com', where);
        const subject = String(conditions['token.actions.githubusercontent.com:sub']);
        assert.match(subject, /^repo:[\w.-]+\/[\w.-]+:environment:(images|preview|staging|production|small)$/, where);
        assert.equal(statement.Condition?.['StringLike'], undefined, where);
      }
    }
  }
});

test('only OpenSearch has a policy without a principal, and it lies in the VPC behind a user', () => {
  for (const stack of stacksOf(everything)) {
    for (const domain of propertiesOf(stack, 'AWS::OpenSearchService::Domain')) {
      assert.ok(domain['VPCOptions'] !== undefined);
      assert.equal(domain['AdvancedSecurityOptions'].Enabled, true);
    }
  }
});
