// Images and releases: pushed once, promoted by digest, read by every environment.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Delivery, Environment } from '../../config/types.ts';
import { githubRole } from '../delivery/github.ts';
import { bootstrapRole, mayAssume, mayPull, mayPush, mayReadRecord, maySignIn } from '../delivery/permissions.ts';
import { DeliveryStack } from '../delivery/stack.ts';
import { repositoryName } from '../service/images.ts';

export interface RegistryProps {
  readonly delivery: Delivery;
  readonly environments: readonly Environment[];
  /** The services. */
  readonly services: readonly string[];
}

/** Beside the services: the one process, migrations, what compose needs, and the mirror of the telemetry sidecar. */
const OTHERS = ['techmart', 'migrate', 'gateway', 'paysim', 'telemetry'];

/** The object that starts the pipeline. */
export const RELEASE_KEY = 'release.zip';

export class RegistryStack extends DeliveryStack {
  readonly repositories: readonly ecr.Repository[];
  readonly releases: s3.Bucket;

  constructor(scope: Construct, props: RegistryProps) {
    super(scope, 'registry', props.delivery);
    const accounts = [...new Set(props.environments.map(({ account }) => account))];
    this.repositories = [...props.services, ...OTHERS].map((unit) => this.repository(unit, accounts));
    this.releases = new s3.Bucket(this, 'Releases', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ id: 'old', noncurrentVersionExpiration: Duration.days(365) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // The library would write a function for it.
    (this.releases.node.defaultChild as s3.CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    this.addRoles(props);
  }

  private repository(unit: string, accounts: readonly string[]): ecr.Repository {
    const repository = new ecr.Repository(this, `Images-${unit}`, {
      repositoryName: repositoryName(unit),
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        // Halves of an image that were never joined, and what no release names any more.
        { description: 'never joined', tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(90), rulePriority: 1 },
        { description: 'old', tagStatus: ecr.TagStatus.ANY, maxImageCount: 200, rulePriority: 2 },
      ],
    });
    for (const account of accounts.filter((other) => other !== this.account)) repository.grantPull(new iam.AccountPrincipal(account));
    return repository;
  }

  /** `images` builds and pushes; `preview` only reads. */
  private addRoles({ delivery, environments }: RegistryProps): void {
    const arns = this.repositories.map((repository) => repository.repositoryArn);
    const shared = { account: delivery.account, repository: delivery.repository };
    githubRole(this, 'ImagesRole', {
      ...shared,
      roleName: 'techmart-github-images',
      environment: 'images',
      statements: [
        maySignIn(),
        mayPull(arns),
        mayPush(arns),
      ],
    });
    githubRole(this, 'PreviewRole', {
      ...shared,
      roleName: 'techmart-github-preview',
      environment: 'preview',
      statements: [
        maySignIn(),
        mayPull(arns),
        mayAssume([...new Set(environments.map(({ account, region }) => bootstrapRole('lookup', account, region)))]),
        mayReadRecord(
          environments.map(({ name, account, region }) => `arn:aws:ssm:${region}:${account}:parameter/techmart/${name}/release`),
        ),
      ],
    });
  }
}
