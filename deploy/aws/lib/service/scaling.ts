// How many tasks: by processor, by memory, by requests for each target, and ahead of the known peaks.

import { Duration, TimeZone } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Peak, ServiceSize } from '../../config/types.ts';

export interface ScalingProps {
  readonly size: ServiceSize;
  readonly peaks: readonly Peak[];
  readonly targetGroup: ApplicationTargetGroup;
}

/** Out within a minute, in after five: tasks are cheap, slow purchases are not. */
const COOLDOWN = { scaleOutCooldown: Duration.seconds(60), scaleInCooldown: Duration.minutes(5) };

export function addScaling(service: ecs.FargateService, props: ScalingProps): ecs.ScalableTaskCount {
  const { size, peaks, targetGroup } = props;
  const tasks = service.autoScaleTaskCount({ minCapacity: size.tasksMin, maxCapacity: size.tasksMax });
  tasks.scaleOnCpuUtilization('Processor', { targetUtilizationPercent: 55, ...COOLDOWN });
  tasks.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 75, ...COOLDOWN });
  tasks.scaleOnRequestCount('Requests', { requestsPerTarget: size.requestsPerTask, targetGroup, ...COOLDOWN });
  for (const peak of peaks) {
    const timeZone = TimeZone.of(peak.timeZone);
    tasks.scaleOnSchedule(`${peak.name}-start`, {
      schedule: Schedule.expression(`cron(${peak.start})`),
      timeZone,
      // The ceiling stays: the database has connections for so many tasks and no more.
      minCapacity: Math.min(Math.ceil(size.tasksMin * peak.factor), size.tasksMax),
      maxCapacity: size.tasksMax,
    });
    tasks.scaleOnSchedule(`${peak.name}-end`, {
      schedule: Schedule.expression(`cron(${peak.end})`),
      timeZone,
      minCapacity: size.tasksMin,
      maxCapacity: size.tasksMax,
    });
  }
  return tasks;
}
