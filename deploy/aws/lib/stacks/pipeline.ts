// Promotion: a release goes to staging, is looked at, approved, and goes to production by the same digests.

import { CfnCapabilities, RemovalPolicy } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as events from 'aws-cdk-lib/aws-events';
import { CodePipeline } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Delivery, Environment } from '../../config/types.ts';
import { githubRole } from '../delivery/github.ts';
import { bootstrapRole, mayPromote } from '../delivery/permissions.ts';
import { DeliveryStack } from '../delivery/stack.ts';
import { migratorRoleName, PIPELINE_ROLE } from './access.ts';
import { migrationsMachine } from './migrations.ts';
import { RELEASE_KEY, type RegistryStack } from './registry.ts';

export interface PipelineProps {
  readonly delivery: Delivery;
  readonly registry: RegistryStack;
  /** In the order of promotion. */
  readonly environments: readonly Environment[];
  readonly units: readonly string[];
}

/** In `release.zip`: `images.json` (unit to digest), `templates/`, `smoke.sh`. `scripts/bundle-release.sh` makes it. */
export class PipelineStack extends DeliveryStack {
  readonly pipeline: codepipeline.Pipeline;
  private readonly release = new codepipeline.Artifact('Release');

  constructor(scope: Construct, props: PipelineProps) {
    super(scope, 'pipeline', props.delivery);
    this.pipeline = this.makePipeline();
    this.addSource(props.registry);
    props.environments.forEach((environment, index) => {
      if (index > 0) this.addApproval(environment, props.delivery);
      this.addEnvironment(environment, props.units);
    });
    this.addPromoter(props);
  }

  /** The last environment's workflow starts the pipeline. Apart from the role that deploys there, for its account may be another. */
  private addPromoter({ delivery, registry, environments }: PipelineProps): void {
    const last = environments.at(-1);
    if (last === undefined) return;
    githubRole(this, 'PromoteRole', {
      roleName: 'techmart-github-promote',
      account: delivery.account,
      repository: delivery.repository,
      environment: last.name,
      statements: mayPromote(this.pipeline.pipelineArn, registry.releases.arnForObjects(RELEASE_KEY)),
    });
  }

  private makePipeline(): codepipeline.Pipeline {
    const key = new kms.Key(this, 'Key', { alias: 'techmart-pipeline', enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
    return new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineName: 'techmart',
      pipelineType: codepipeline.PipelineType.V2,
      // A newer release does not overtake one that is being deployed.
      executionMode: codepipeline.ExecutionMode.QUEUED,
      role: new iam.Role(this, 'Role', {
        roleName: PIPELINE_ROLE,
        description: 'Promotes releases',
        assumedBy: new iam.ServicePrincipal('codepipeline.amazonaws.com', {
          conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
        }),
      }),
      artifactBucket: new s3.Bucket(this, 'Artifacts', {
        encryption: s3.BucketEncryption.KMS,
        encryptionKey: key,
        bucketKeyEnabled: true,
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        enforceSSL: true,
        versioned: true,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    });
  }

  private addSource({ releases }: RegistryStack): void {
    this.pipeline.addStage({
      stageName: 'Source',
      actions: [
        new actions.S3SourceAction({
          actionName: 'Release',
          bucket: releases,
          bucketKey: RELEASE_KEY,
          output: this.release,
          trigger: actions.S3Trigger.NONE,
        }),
      ],
    });
    new events.Rule(this, 'NewRelease', {
      description: 'A release was put down',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [releases.bucketName] }, object: { key: [RELEASE_KEY] } },
      },
      targets: [new CodePipeline(this.pipeline)],
    });
  }

  private addApproval(environment: Environment, delivery: Delivery): void {
    this.pipeline.addStage({
      stageName: `Approve-${environment.name}`,
      actions: [
        new actions.ManualApprovalAction({
          actionName: 'Approve',
          notificationTopic: this.approvers(delivery),
          additionalInformation: `The release passed the stage before. Approving deploys it to ${environment.name}.`,
        }),
      ],
    });
  }

  private approvers(delivery: Delivery): sns.ITopic {
    const topic = new sns.Topic(this, 'Approvers', { topicName: 'techmart-approvals', enforceSSL: true });
    topic.addSubscription(new EmailSubscription(delivery.approvers));
    return topic;
  }

  /** Migrations first, for they only add; then the services at once; then a look from outside. */
  private addEnvironment(environment: Environment, units: readonly string[]): void {
    this.pipeline.addStage({
      stageName: environment.name,
      onFailure: { result: codepipeline.Result.ROLLBACK },
      actions: [
        this.deploy(environment, 'migrations', 'migrate', 1),
        this.migrate(environment, 2),
        ...units.map((unit) => this.deploy(environment, `service-${unit}`, unit, 3)),
        new actions.CommandsAction({
          actionName: 'Smoke',
          runOrder: 4,
          input: this.release,
          commands: [`bash smoke.sh https://${environment.domain}`],
        }),
      ],
    });
  }

  private deploy({ name, account, region }: Environment, part: string, unit: string, runOrder: number): codepipeline.IAction {
    const stackName = `techmart-${name}-${part}`;
    const role = (kind: string): iam.IRole =>
      iam.Role.fromRoleArn(this, `${kind}-${stackName}`, bootstrapRole(kind, account, region), { mutable: false });
    return new actions.CloudFormationCreateUpdateStackAction({
      actionName: part,
      runOrder,
      stackName,
      templatePath: this.release.atPath(`templates/${stackName}.template.json`),
      adminPermissions: false,
      role: role('deploy'),
      deploymentRole: role('cfn-exec'),
      // The roles of tasks are in these templates, without names of ours.
      cfnCapabilities: [CfnCapabilities.ANONYMOUS_IAM],
      parameterOverrides: { ImageDigest: this.release.getParam('images.json', unit) },
    });
  }

  private migrate({ name, account, region }: Environment, runOrder: number): codepipeline.IAction {
    const machineName = migrationsMachine(name);
    return new actions.StepFunctionInvokeAction({
      actionName: 'Migrate',
      runOrder,
      role: iam.Role.fromRoleArn(this, `Migrator-${name}`, `arn:aws:iam::${account}:role/${migratorRoleName(name)}`, { mutable: false }),
      stateMachine: sfn.StateMachine.fromStateMachineArn(
        this,
        `Machine-${name}`,
        `arn:aws:states:${region}:${account}:stateMachine:${machineName}`,
      ),
    });
  }
}
