// PostgreSQL: a primary with a standby in another zone, and read replicas.

import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { DATABASE } from '../../config/defaults.ts';
import type { Environment } from '../../config/types.ts';

export interface DatabaseProps {
  readonly vpc: ec2.IVpc;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly key: IKey;
  readonly size: Environment['database'];
  /** Instances are called `<name>-primary`, `<name>-replica-1`. */
  readonly name: string;
  readonly logDays: logs.RetentionDays;
}

/** What RDS hands to CloudWatch. */
const LOGS = ['postgresql', 'upgrade'] as const;

/** Written as L1 so that RDS itself keeps and rotates the administrator's password. */
export class Database extends Construct {
  readonly primary: rds.CfnDBInstance;
  readonly replicas: readonly rds.CfnDBInstance[];
  /** The secret that RDS keeps for the administrator; a JSON object with `username` and `password`. */
  readonly adminSecretArn: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { size, key } = props;
    const subnets = new rds.SubnetGroup(this, 'Subnets', {
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: 'data' },
      description: 'PostgreSQL',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const parameters = new rds.CfnDBParameterGroup(this, 'Parameters', {
      family: DATABASE.family,
      description: 'PostgreSQL of TechMart',
      parameters: {
        'rds.force_ssl': '1',
        max_connections: String(size.connectionsMax),
        shared_preload_libraries: 'pg_stat_statements',
        log_min_duration_statement: '500',
        log_lock_waits: '1',
        // A service's own deadlines are shorter; this one ends what a person forgot.
        idle_in_transaction_session_timeout: '60000',
      },
    });
    const monitoring = new iam.Role(this, 'Monitoring', {
      assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonRDSEnhancedMonitoringRole')],
    });
    const both = {
      dbInstanceClass: size.instanceClass,
      engine: 'postgres',
      dbParameterGroupName: parameters.ref,
      vpcSecurityGroups: [props.securityGroup.securityGroupId],
      caCertificateIdentifier: 'rds-ca-rsa2048-g1',
      storageType: 'gp3',
      publiclyAccessible: false,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      deletionProtection: true,
      enablePerformanceInsights: true,
      performanceInsightsKmsKeyId: key.keyArn,
      performanceInsightsRetentionPeriod: 7,
      monitoringInterval: 60,
      monitoringRoleArn: monitoring.roleArn,
      enableCloudwatchLogsExports: [...LOGS],
    } satisfies rds.CfnDBInstanceProps;
    this.primary = new rds.CfnDBInstance(this, 'Primary', {
      ...both,
      dbInstanceIdentifier: `${props.name}-primary`,
      engineVersion: DATABASE.version,
      dbName: DATABASE.name,
      masterUsername: DATABASE.admin,
      manageMasterUserPassword: true,
      masterUserSecret: { kmsKeyId: key.keyArn },
      dbSubnetGroupName: subnets.subnetGroupName,
      multiAz: true,
      // Replicas take the key over.
      storageEncrypted: true,
      kmsKeyId: key.keyArn,
      allocatedStorage: String(size.storageGib),
      maxAllocatedStorage: size.storageMaxGib,
      backupRetentionPeriod: size.backupDays,
      preferredBackupWindow: '07:00-08:00',
      preferredMaintenanceWindow: 'tue:08:30-tue:09:30',
      deleteAutomatedBackups: false,
      ...copiedBackups(size),
    });
    // When the stack lets go of the primary, a snapshot stays. A replica holds nothing of its own.
    this.primary.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
    this.replicas = Array.from(
      { length: size.readReplicas },
      (_, index) =>
        new rds.CfnDBInstance(this, `Replica${index + 1}`, {
          ...both,
          dbInstanceIdentifier: `${props.name}-replica-${index + 1}`,
          sourceDbInstanceIdentifier: this.primary.ref,
        }),
    );
    for (const replica of this.replicas) replica.applyRemovalPolicy(RemovalPolicy.DESTROY);
    for (const instance of [this.primary, ...this.replicas]) keepLogs(instance, props);
    this.adminSecretArn = this.primary.attrMasterUserSecretSecretArn;
  }

  /** Where the service at this place in the list reads: replicas are dealt out in turn. */
  readerOf(place: number): rds.CfnDBInstance | undefined {
    return this.replicas[place % this.replicas.length];
  }
}

/** RDS itself carries snapshots and the log of changes to the other region, so that it can be restored there to any second. */
const copiedBackups = ({ backupCopy }: Environment['database']): Partial<rds.CfnDBInstanceProps> =>
  backupCopy?.keyArn === undefined
    ? {}
    : {
        automaticBackupReplicationRegion: backupCopy.region,
        automaticBackupReplicationKmsKeyId: backupCopy.keyArn,
        automaticBackupReplicationRetentionPeriod: backupCopy.days,
      };

/** The log groups to which RDS writes. It would make them itself, to be kept for ever. */
function keepLogs(instance: rds.CfnDBInstance, { key, logDays }: DatabaseProps): void {
  for (const name of LOGS) {
    const group = new logs.LogGroup(instance, `Logs-${name}`, {
      logGroupName: `/aws/rds/instance/${instance.dbInstanceIdentifier}/${name}`,
      retention: logDays,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    instance.addResourceDependency(group.node.defaultChild as logs.CfnLogGroup);
  }
}
