// Images by digest. Repositories are in the delivery account; a digest comes with each deployment.

import { CfnParameter } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Delivery } from '../../config/types.ts';

/** What a digest looks like. */
const DIGEST = '^sha256:[0-9a-f]{64}$';

/** The repository of a unit's images. */
export const repositoryName = (unit: string): string => `techmart/${unit}`;

/** Where the digest of the telemetry sidecar's image is written down, by hand: it changes rarely and with nothing else. */
export const telemetryDigestParameter = (environment: string): string => `/techmart/${environment}/telemetry-digest`;

export interface PinnedImageProps {
  readonly unit: string;
  readonly delivery: Delivery;
  /** The stack's parameter that holds the digest. */
  readonly parameter: string;
  /** The name in Parameter Store where it is looked up; without it each deployment gives the digest itself. */
  readonly lookUp?: string;
}

/** An image whose digest is a parameter of the stack, so that a tag can never change what runs. */
export class PinnedImage extends Construct {
  readonly digest: CfnParameter;
  private readonly repository: ecr.IRepository;

  constructor(scope: Construct, id: string, props: PinnedImageProps) {
    super(scope, id);
    const { unit, delivery, lookUp } = props;
    this.digest = new CfnParameter(this, 'Digest', {
      description: `Digest of the image of ${unit}`,
      ...(lookUp === undefined
        ? { allowedPattern: DIGEST, constraintDescription: 'must be sha256: and 64 hexadecimal digits' }
        : { type: 'AWS::SSM::Parameter::Value<String>', default: lookUp }),
    });
    this.digest.overrideLogicalId(props.parameter);
    this.repository = ecr.Repository.fromRepositoryAttributes(this, 'Repository', {
      repositoryName: repositoryName(unit),
      repositoryArn: `arn:aws:ecr:${delivery.region}:${delivery.account}:repository/${repositoryName(unit)}`,
    });
  }

  /** The image; `puller` may pull it. */
  usedBy(puller: IGrantable): ecs.ContainerImage {
    this.repository.grantPull(puller);
    return ecs.ContainerImage.fromRegistry(`${this.repository.repositoryUri}@${this.digest.valueAsString}`);
  }
}
