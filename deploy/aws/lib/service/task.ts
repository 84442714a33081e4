// The task of a service: its container, hardened, and the telemetry sidecar.

import { Duration, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CONTAINER_PORT, CONTAINER_USER, HEALTH_CHECK, METRICS_NAMESPACE, OPS_PORT, STOPPING } from '../../config/defaults.ts';
import type { Delivery } from '../../config/types.ts';
import { letDecrypt } from '../data/handover.ts';
import { PinnedImage, telemetryDigestParameter } from './images.ts';
import type { Settings } from './settings.ts';
import { addSidecar, withoutCapabilities } from './sidecar.ts';

export interface ShopTaskProps {
  readonly unit: string;
  /** The environment's name. */
  readonly environment: string;
  readonly family: string;
  readonly delivery: Delivery;
  readonly cpu: number;
  readonly memoryMib: number;
  readonly startS: number;
  readonly settings: Settings;
  readonly logGroup: ILogGroup;
  /** The key of the secrets. */
  readonly key: IKey;
}

/** Two roles: the execution role fetches the image and the secrets, the task role is what the code may do. */
export class ShopTask extends Construct {
  readonly definition: ecs.FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: ShopTaskProps) {
    super(scope, id);
    const image = new PinnedImage(this, 'Image', { unit: props.unit, delivery: props.delivery, parameter: 'ImageDigest' });
    const telemetry = new PinnedImage(this, 'Telemetry', {
      unit: 'telemetry',
      delivery: props.delivery,
      parameter: 'TelemetryDigest',
      lookUp: telemetryDigestParameter(props.environment),
    });
    this.definition = new ecs.FargateTaskDefinition(this, 'Definition', {
      family: props.family,
      cpu: props.cpu,
      memoryLimitMiB: props.memoryMib,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
      executionRole: tasksRole(this, 'ExecutionRole', 'Starts tasks: image, secrets, logs'),
      taskRole: reporterRole(this),
    });
    const puller = this.definition.obtainExecutionRole();
    letDecrypt(puller, props.key);
    const logging = (streamPrefix: string): ecs.LogDriver =>
      ecs.LogDrivers.awsLogs({
        streamPrefix,
        logGroup: props.logGroup,
        // A log that cannot be written must not stop a purchase.
        mode: ecs.AwsLogDriverMode.NON_BLOCKING,
      });
    this.definition.addContainer('app', {
      containerName: 'app',
      image: image.usedBy(puller),
      essential: true,
      environment: props.settings.plain,
      secrets: props.settings.secret,
      user: CONTAINER_USER,
      readonlyRootFilesystem: true,
      privileged: false,
      linuxParameters: withoutCapabilities(this.definition, 'AppLinux'),
      portMappings: [{ containerPort: CONTAINER_PORT }, { containerPort: OPS_PORT }],
      healthCheck: {
        command: [...HEALTH_CHECK],
        interval: Duration.seconds(10),
        timeout: Duration.seconds(3),
        retries: 3,
        startPeriod: Duration.seconds(props.startS),
      },
      stopTimeout: Duration.seconds(STOPPING.killS),
      logging: logging('app'),
    });
    addSidecar(this.definition, { image: telemetry.usedBy(puller), logging: logging('telemetry') });
  }
}

/** What a service does in AWS: it writes metrics into its namespace and, through the sidecar, traces. */
function reporterRole(scope: Construct): iam.Role {
  const role = tasksRole(scope, 'TaskRole', 'What the code in the task may do');
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': METRICS_NAMESPACE } },
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      resources: ['*'],
    }),
  );
  return role;
}

/** A role that only tasks of this account can take on. */
export function tasksRole(scope: Construct, id: string, description: string): iam.Role {
  const { account } = Stack.of(scope);
  return new iam.Role(scope, id, {
    description,
    assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  });
}
