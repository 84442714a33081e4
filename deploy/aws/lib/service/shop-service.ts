// One service on Fargate: spread over the zones, scaled, replaced without a gap, rolled back when it fails.

import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { CONTAINER_PORT, FAILED_TASKS_MAX } from '../../config/defaults.ts';
import type { Peak, ServiceSize } from '../../config/types.ts';
import { RollbackAlarms } from './rollback-alarms.ts';
import { addScaling } from './scaling.ts';
import { ShopTask, type ShopTaskProps } from './task.ts';

export interface ShopServiceProps extends Omit<ShopTaskProps, 'family' | 'cpu' | 'memoryMib'> {
  /** `techmart-production-cart`. */
  readonly name: string;
  readonly cluster: ecs.ICluster;
  readonly securityGroup: ISecurityGroup;
  readonly targetGroup: ApplicationTargetGroup;
  /** The load balancer's name in metrics. */
  readonly loadBalancer: string;
  readonly size: ServiceSize;
  readonly peaks: readonly Peak[];
}

export class ShopService extends Construct {
  readonly service: ecs.FargateService;

  constructor(scope: Construct, id: string, props: ShopServiceProps) {
    super(scope, id);
    const { name, size, targetGroup } = props;
    const task = new ShopTask(this, 'Task', { ...props, family: name, cpu: size.cpu, memoryMib: size.memoryMib });
    const alarms = new RollbackAlarms(this, 'Alarms', { name, targetGroup, loadBalancer: props.loadBalancer });
    this.service = new ecs.FargateService(this, 'Service', {
      serviceName: props.unit,
      cluster: props.cluster,
      taskDefinition: task.definition,
      securityGroups: [props.securityGroup],
      vpcSubnets: { subnetGroupName: 'app' },
      assignPublicIp: false,
      // No desired count: scaling owns it, and a deployment must not set it back.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: Duration.seconds(props.startS),
      circuitBreaker: { enable: true, rollback: true },
      deploymentAlarms: { alarmNames: [...alarms.names], behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM },
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableExecuteCommand: false,
    });
    this.service.node.addDependency(alarms);
    this.completeService(targetGroup);
    addScaling(this.service, { size, peaks: props.peaks, targetGroup });
  }

  /** What the library has no field for, or would do with rules of its own between security groups. */
  private completeService(targetGroup: ApplicationTargetGroup): void {
    const service = this.service.node.defaultChild as ecs.CfnService;
    service.loadBalancers = [
      { containerName: 'app', containerPort: CONTAINER_PORT, targetGroupArn: targetGroup.targetGroupArn },
    ];
    service.addPropertyOverride('DeploymentConfiguration.DeploymentCircuitBreaker.ThresholdConfiguration', {
      Type: 'COUNT',
      Value: FAILED_TASKS_MAX,
    });
  }
}
