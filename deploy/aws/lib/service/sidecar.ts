// The telemetry sidecar. It is not essential: when it dies, nobody's purchase does.

import * as ecs from 'aws-cdk-lib/aws-ecs';
import { readText } from '../repository.ts';

/** Where the service sends traces, OTLP over HTTP. */
export const TRACES_ENDPOINT = 'http://127.0.0.1:4318/v1/traces';

const CONFIGURATION = readText('deploy/aws/lib/service/collector.yaml');

export interface SidecarProps {
  readonly image: ecs.ContainerImage;
  readonly logging: ecs.LogDriver;
}

/** Adds the collector to a task. */
export function addSidecar(task: ecs.TaskDefinition, props: SidecarProps): ecs.ContainerDefinition {
  return task.addContainer('telemetry', {
    containerName: 'telemetry',
    image: props.image,
    essential: false,
    memoryLimitMiB: 128,
    cpu: 32,
    readonlyRootFilesystem: true,
    user: '10001:10001',
    environment: { AOT_CONFIG_CONTENT: CONFIGURATION },
    linuxParameters: withoutCapabilities(task, 'TelemetryLinux'),
    logging: props.logging,
  });
}

/** No container here needs a capability. */
export function withoutCapabilities(task: ecs.TaskDefinition, id: string): ecs.LinuxParameters {
  const linux = new ecs.LinuxParameters(task, id);
  linux.dropCapabilities(ecs.Capability.ALL);
  return linux;
}
