// What the workflows may do, statement by statement. Which script needs what: `deploy/pipeline`.

import * as iam from 'aws-cdk-lib/aws-iam';

/** Roles that `cdk bootstrap` makes in each account. */
export const bootstrapRole = (kind: string, account: string, region: string): string =>
  `arn:aws:iam::${account}:role/cdk-hnb659fds-${kind}-role-${account}-${region}`;

const allow = (actions: string[], resources: string[], conditions?: iam.PolicyStatementProps['conditions']): iam.PolicyStatement =>
  new iam.PolicyStatement({ actions, resources, ...(conditions === undefined ? {} : { conditions }) });

/** Taking on roles that `cdk bootstrap` has made. */
export const mayAssume = (roles: string[]): iam.PolicyStatement => allow(['sts:AssumeRole'], roles);

/** Signing in to the registry; AWS knows no narrower resource. */
export const maySignIn = (): iam.PolicyStatement => allow(['ecr:GetAuthorizationToken'], ['*']);

export const mayPull = (repositories: string[]): iam.PolicyStatement =>
  allow(['ecr:BatchGetImage', 'ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:DescribeImages'], repositories);

export const mayPush = (repositories: string[]): iam.PolicyStatement =>
  allow(['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'], repositories);

/** The parameter that says which release runs. */
export const mayRecord = (parameter: string): iam.PolicyStatement => allow(['ssm:GetParameter', 'ssm:PutParameter'], [parameter]);
export const mayReadRecord = (parameters: string[]): iam.PolicyStatement => allow(['ssm:GetParameter'], parameters);

/** Putting a release down for the pipeline, and following what becomes of it (`promote.sh`). */
export const mayPromote = (pipeline: string, release: string): iam.PolicyStatement[] => [
  allow(['s3:PutObject'], [release]),
  allow(['codepipeline:GetPipeline', 'codepipeline:ListPipelineExecutions', 'codepipeline:ListActionExecutions'], [pipeline]),
];

export interface DeployScope {
  readonly account: string;
  readonly region: string;
  /** `techmart-production`. */
  readonly prefix: string;
  readonly environment: string;
  readonly pagesArn: string;
  /** The roles of the migrations task. */
  readonly taskRoles: string[];
}

/** What a deployment does beside CloudFormation: migrations, pages, and looking at what runs. */
export function mayDeploy({ account, region, prefix, environment, pagesArn, taskRoles }: DeployScope): iam.PolicyStatement[] {
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;
  const cluster = `${prefix}-cluster`;
  const machine = `${prefix}-migrations`;
  return [
    allow(['cloudformation:DescribeStackResources'], [arn('cloudformation', `stack/${prefix}-edge/*`)]),
    allow(['s3:ListBucket'], [pagesArn]),
    allow(['s3:GetObject', 's3:PutObject'], [`${pagesArn}/*`]),
    // Lists know no narrower resource.
    allow(['states:ListStateMachines', 'ecs:DescribeTaskDefinition', 'rds:DescribeDBInstances', 'rds:DescribeDBSnapshots'], ['*']),
    allow(['ecs:ListServices'], ['*'], { ArnEquals: { 'ecs:cluster': arn('ecs', `cluster/${cluster}`) } }),
    allow(['ecs:DescribeServices'], [arn('ecs', `service/${cluster}/*`)]),
    allow(['ecs:DescribeTasks'], [arn('ecs', `task/${cluster}/*`)]),
    allow(['ecs:RunTask'], [arn('ecs', `task-definition/${prefix}-migrate:*`)]),
    allow(['iam:PassRole'], taskRoles, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
    allow(['states:DescribeStateMachine', 'states:StartExecution'], [arn('states', `stateMachine:${machine}`)]),
    allow(['states:DescribeExecution'], [arn('states', `execution:${machine}:*`)]),
    allow(['logs:GetLogEvents', 'logs:FilterLogEvents'], [arn('logs', `log-group:/techmart/${environment}/migrate:*`)]),
    allow(
      ['rds:CreateDBSnapshot', 'rds:AddTagsToResource'],
      [arn('rds', `db:${prefix}-db-primary`), arn('rds', `snapshot:${prefix}-before-contract-*`)],
    ),
  ];
}
