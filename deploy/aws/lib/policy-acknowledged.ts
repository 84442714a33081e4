// Findings of cdk-nag that are meant so: in which stacks, which finding, why.

/** An answer. */
export interface Acknowledged {
  /** Names of the stacks in which it holds. */
  readonly stacks: RegExp;
  /** The rule, with the finding in brackets where it has several. `{env}`, `{account}`, `{region}` are the stack's. */
  readonly id: string;
  readonly reason: string;
}

/** Findings of one rule with one reason. */
const resources = (stacks: RegExp, reason: string, ...found: string[]): Acknowledged[] =>
  found.map((resource) => ({ stacks, id: `AwsSolutions-IAM5[Resource::${resource}]`, reason }));

const actions = (stacks: RegExp, reason: string, ...found: string[]): Acknowledged[] =>
  found.map((action) => ({ stacks, id: `AwsSolutions-IAM5[Action::${action}]`, reason }));

const DATA = /-data$/;
const SERVICES = /-service-|-migrations$/;
const ACCESS = /-access$/;
const API = /-edge-(integrators|shoppers)$/;
const PIPELINE = /^techmart-pipeline$/;
const REGISTRY = /^techmart-registry$/;

const TASK = ['1', '2', '3', '4'].map((index) => `{"Fn::Select":[${index},{"Fn::Split":[":",{"Ref":"Task79114B6B"}]}]}`);
const TASK_NAME = '{"Fn::Select":[5,{"Fn::Split":[":",{"Ref":"Task79114B6B"}]}]}';
const TASK_PART = (index: number): string => `{"Fn::Select":[${index},{"Fn::Split":["/",${TASK_NAME}]}]}`;

export const ACKNOWLEDGED: readonly Acknowledged[] = [
  { stacks: DATA, id: 'AwsSolutions-RDS11', reason: 'The port of PostgreSQL is no secret: the database is in subnets without a way out, open to tasks alone' },
  { stacks: DATA, id: 'AwsSolutions-RDS2', reason: 'A replica takes the encryption of its source; CloudFormation refuses it being said again' },
  { stacks: DATA, id: 'AwsSolutions-RDS3', reason: 'Replicas are several already; the primary has a standby in another zone' },
  { stacks: /-data$|-edge-shoppers$/, id: 'AwsSolutions-SMG4', reason: 'RDS rotates the administrator; the others change with a deployment of their reader, by the steps in the README' },
  { stacks: DATA, id: 'AwsSolutions-OS3', reason: 'Requests carry a password, not a signature; the domain is in the VPC and open to search alone' },
  { stacks: DATA, id: 'AwsSolutions-OS5', reason: 'Requests carry a password, not a signature; nobody is let in without one (fine-grained access control)' },
  {
    stacks: DATA,
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]',
    reason: 'The policy that AWS keeps for this one purpose: RDS writes its own log group',
  },
  { stacks: SERVICES, id: 'AwsSolutions-ECS2', reason: 'Settings in the open; whatever is secret comes by reference, which a test holds' },
  ...resources(SERVICES, 'Signing in to ECR, metrics (held to a namespace), traces and log delivery know no resource', '*'),
  ...resources(/-migrations$/, 'Every revision of the one task', `arn:${TASK.join(':')}:${TASK_PART(0)}/${TASK_PART(1)}:*`),
  { stacks: /-edge$/, id: 'AwsSolutions-CFR1', reason: 'The shop sells where its shipping zones say, not where a reader sits' },
  { stacks: API, id: 'AwsSolutions-APIG2', reason: 'Every method has a validator of parameters; bodies are the services\', which name the field' },
  { stacks: API, id: 'AwsSolutions-APIG4', reason: 'Every method wants a key; tokens are checked by the services, for authorisers do not know Ed25519' },
  { stacks: API, id: 'AwsSolutions-COG4', reason: 'Accounts are the service auth\'s, not Cognito\'s' },
  { stacks: API, id: 'AwsSolutions-APIG6', reason: 'Execution logs hold headers with tokens; access logs hold what is needed' },
  ...resources(API, 'One prefix of the bucket of access logs', 'techmart-{env}-network:ExportsOutputFnGetAttAccessLogs8B620ECAArn1E584573/api*'),
  ...resources(
    ACCESS,
    'Tasks, executions, revisions, snapshots and pages of this environment, whose names are not known before',
    'arn:aws:cloudformation:{region}:{account}:stack/techmart-{env}-edge/*',
    'arn:aws:ecr:{region}:{account}:repository/techmart/*',
    'arn:aws:ecs:{region}:{account}:service/techmart-{env}-cluster/*',
    'arn:aws:ecs:{region}:{account}:task/techmart-{env}-cluster/*',
    'arn:aws:ecs:{region}:{account}:task-definition/techmart-{env}-migrate:*',
    'arn:aws:logs:{region}:{account}:log-group:/techmart/{env}/migrate:*',
    'arn:aws:rds:{region}:{account}:snapshot:techmart-{env}-before-contract-*',
    'arn:aws:states:{region}:{account}:execution:techmart-{env}-migrations:*',
    'techmart-{env}-edge:ExportsOutputFnGetAttPages127DFD1AArn187CDF18/*',
  ),
  ...resources(ACCESS, 'Lists, and signing in to ECR, know no resource; ecs:ListServices is held to the cluster', '*'),
  ...resources(REGISTRY, 'Signing in to ECR knows no resource', '*'),
  { stacks: REGISTRY, id: 'AwsSolutions-S1', reason: 'One role writes releases and one pipeline reads them; both leave their trace in CloudTrail' },
  { stacks: PIPELINE, id: 'AwsSolutions-S1', reason: 'The pipeline alone writes and reads its artifacts, and says so in its own history' },
  ...actions(
    PIPELINE,
    'Reading and writing artifacts in the pipeline\'s own bucket, as the library grants it',
    'kms:GenerateDataKey*',
    'kms:ReEncrypt*',
    's3:Abort*',
    's3:DeleteObject*',
    's3:GetBucket*',
    's3:GetObject*',
    's3:List*',
  ),
  ...resources(
    PIPELINE,
    'Objects of the pipeline\'s own bucket, and streams of its own log group',
    '<Artifacts82DD59A1.Arn>/*',
    'arn:<AWS::Partition>:logs:{region}:{account}:log-group:/aws/codepipeline/<PipelineC660917D>:*',
  ),
];
