// Who may deploy to an environment: the workflows of its namesake at GitHub, and the pipeline.

import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Delivery } from '../../config/types.ts';
import { githubRole } from '../delivery/github.ts';
import { bootstrapRole, mayAssume, mayDeploy, mayPull, mayRecord, maySignIn } from '../delivery/permissions.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { EdgeStack } from './edge.ts';
import { migrationsMachine, type MigrationsStack } from './migrations.ts';

export interface AccessProps extends ShopStackProps {
  readonly delivery: Delivery;
  readonly edge: EdgeStack;
  readonly migrations: MigrationsStack;
}

/** The role in which the pipeline starts an environment's migrations. */
export const migratorRoleName = (environment: string): string => `techmart-${environment}-pipeline-migrator`;

/** The pipeline's own role, in the delivery account. */
export const PIPELINE_ROLE = 'techmart-pipeline';

export class AccessStack extends ShopStack {
  constructor(scope: Construct, props: AccessProps) {
    super(scope, 'access', props);
    const { delivery, edge, migrations } = props;
    const { name, account, region } = this.config;
    githubRole(this, 'DeployRole', {
      roleName: this.named('github-deploy'),
      account,
      repository: delivery.repository,
      environment: name,
      statements: [
        mayAssume(['deploy', 'file-publishing', 'lookup'].map((kind) => bootstrapRole(kind, account, region))),
        mayRecord(`arn:aws:ssm:${region}:${account}:parameter/techmart/${name}/release`),
        maySignIn(),
        mayPull([`arn:aws:ecr:${delivery.region}:${delivery.account}:repository/techmart/*`]),
        ...mayDeploy({
          account,
          region,
          prefix: `techmart-${name}`,
          environment: name,
          pagesArn: edge.pages.bucketArn,
          taskRoles: migrations.taskRoles,
        }),
      ],
    });
    const migrator = new iam.Role(this, 'Migrator', {
      roleName: migratorRoleName(name),
      description: 'Starts migrations for the pipeline',
      assumedBy: new iam.AccountPrincipal(delivery.account).withConditions({
        ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${delivery.account}:role/${PIPELINE_ROLE}` },
      }),
    });
    migrator.addToPolicy(
      new iam.PolicyStatement({
        actions: ['states:StartExecution', 'states:DescribeStateMachine'],
        resources: [migrations.machine.stateMachineArn],
      }),
    );
    migrator.addToPolicy(
      new iam.PolicyStatement({
        actions: ['states:DescribeExecution'],
        resources: [`arn:aws:states:${region}:${account}:execution:${migrationsMachine(name)}:*`],
      }),
    );
  }
}
