// Migrations: a task that runs once before new code, and the state machine that waits for it.

import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { CONTAINER_USER, DATABASE } from '../../config/defaults.ts';
import type { Delivery } from '../../config/types.ts';
import { handOver, handOverArn, letDecrypt } from '../data/handover.ts';
import { databaseCa } from '../data/secrets.ts';
import { PinnedImage } from '../service/images.ts';
import { databaseTls, databaseUrl } from '../service/settings.ts';
import { withoutCapabilities } from '../service/sidecar.ts';
import { tasksRole } from '../service/task.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { DataStack } from './data.ts';
import type { NetworkStack } from './network.ts';
import type { PlatformStack } from './platform.ts';

export interface MigrationsProps extends ShopStackProps {
  readonly delivery: Delivery;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly platform: PlatformStack;
  /** The services whose roles are made. */
  readonly services: readonly string[];
  /** Whose secret holds a service's password. */
  readonly unitOf: (service: string) => string;
}

/** The state machine's name; the pipeline starts it. */
export const migrationsMachine = (environment: string): string => `techmart-${environment}-migrations`;

export class MigrationsStack extends ShopStack {
  readonly machine: sfn.StateMachine;
  /** The roles of the task, which whoever runs it by hand hands over. */
  readonly taskRoles: string[];

  constructor(scope: Construct, props: MigrationsProps) {
    super(scope, 'migrations', props);
    const definition = this.taskDefinition(props);
    this.taskRoles = [definition.taskRole.roleArn, definition.obtainExecutionRole().roleArn];
    const run = (id: string, command: string): tasks.EcsRunTask =>
      new tasks.EcsRunTask(this, id, {
        integrationPattern: sfn.IntegrationPattern.RUN_JOB,
        cluster: props.platform.cluster,
        taskDefinition: definition,
        launchTarget: new tasks.EcsFargateLaunchTarget({ platformVersion: ecs.FargatePlatformVersion.LATEST }),
        containerOverrides: [{ containerDefinition: definition.defaultContainer!, command: [command] }],
        securityGroups: [props.network.firewall.migrations],
        subnets: { subnetGroupName: 'app' },
        assignPublicIp: false,
      });
    this.machine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName: migrationsMachine(this.config.name),
      comment: 'Roles, then migrations; a failure stops the release before any new code runs',
      definitionBody: sfn.DefinitionBody.fromChainable(run('Roles', 'roles').next(run('Up', 'up'))),
      timeout: Duration.hours(1),
      tracingEnabled: true,
      logs: { destination: this.machineLogs(props), level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
  }

  private taskDefinition(props: MigrationsProps): ecs.FargateTaskDefinition {
    const { data, platform } = props;
    const definition = new ecs.FargateTaskDefinition(this, 'Task', {
      family: this.named('migrate'),
      cpu: 256,
      memoryLimitMiB: 512,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
      executionRole: tasksRole(this, 'ExecutionRole', 'Starts migrations: image, secrets, logs'),
      taskRole: tasksRole(this, 'TaskRole', 'Migrations speak to PostgreSQL alone'),
    });
    const admin = handOverArn(this, 'Admin', data.database.adminSecretArn, 'password');
    letDecrypt(definition.obtainExecutionRole(), data.key);
    const tls = databaseTls(databaseCa(this, this.config.name));
    const image = new PinnedImage(this, 'Image', { unit: 'migrate', delivery: props.delivery, parameter: 'ImageDigest' });
    definition.addContainer('migrate', {
      containerName: 'migrate',
      image: image.usedBy(definition.obtainExecutionRole()),
      command: ['status'],
      environment: {
        ...tls.plain,
        TECHMART_MIGRATE__DB__URL: databaseUrl(data.database.primary.attrEndpointAddress, DATABASE.admin),
      },
      secrets: { ...tls.secret, PGPASSWORD: admin, ...this.passwords(props) },
      user: CONTAINER_USER,
      readonlyRootFilesystem: true,
      linuxParameters: withoutCapabilities(definition, 'Linux'),
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'migrate', logGroup: platform.logGroups['migrate'] }),
    });
    return definition;
  }

  private passwords({ services, unitOf, data }: MigrationsProps): Record<string, ecs.Secret> {
    return Object.fromEntries(
      services.map((service) => {
        const secret = data.secrets.roles[unitOf(service)];
        if (secret === undefined) throw new Error(`no database password for ${service}`);
        return [`TECHMART_MIGRATE__ROLE_PASSWORDS__${service.toUpperCase()}`, handOver(this, secret, 'password')];
      }),
    );
  }

  private machineLogs({ data }: MigrationsProps): logs.LogGroup {
    return new logs.LogGroup(this, 'MachineLogs', {
      // Step Functions asks for this prefix.
      logGroupName: `/aws/vendedlogs/states/${migrationsMachine(this.config.name)}`,
      retention: this.config.logDays,
      encryptionKey: data.key,
    });
  }
}
