// OpenSearch across three zones, for those who outgrow the embedded index.

import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as opensearch from 'aws-cdk-lib/aws-opensearchservice';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ZONES } from '../../config/defaults.ts';
import type { Environment } from '../../config/types.ts';

export interface SearchDomainProps {
  readonly vpc: ec2.IVpc;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly key: IKey;
  readonly name: string;
  readonly size: NonNullable<Environment['openSearch']>;
  readonly logDays: logs.RetentionDays;
  readonly secretPrefix: string;
}

/** The user under which search works. */
const USER = 'techmart';

/** The index can be made anew from PostgreSQL at any time, so the domain is encrypted and protected but not backed up by us. */
export class SearchDomain extends Construct {
  readonly domain: opensearch.CfnDomain;
  /** A JSON object with `username` and `password`. */
  readonly secret: secrets.Secret;

  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    const { size, key } = props;
    const stack = Stack.of(this);
    this.secret = new secrets.Secret(this, 'User', {
      secretName: `${props.secretPrefix}/opensearch`,
      description: 'User of OpenSearch',
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: USER }),
        generateStringKey: 'password',
        passwordLength: 40,
        requireEachIncludedType: true,
      },
    });
    const { group: slow, leave } = this.slowLogs(props);
    this.domain = new opensearch.CfnDomain(this, 'Domain', {
      domainName: props.name,
      engineVersion: 'OpenSearch_2.19',
      clusterConfig: {
        instanceType: size.instanceType,
        instanceCount: size.nodes,
        zoneAwarenessEnabled: true,
        zoneAwarenessConfig: { availabilityZoneCount: ZONES },
        dedicatedMasterEnabled: true,
        dedicatedMasterCount: 3,
        dedicatedMasterType: 'm7g.medium.search',
      },
      ebsOptions: { ebsEnabled: true, volumeType: 'gp3', volumeSize: size.volumeGib },
      vpcOptions: {
        subnetIds: props.vpc.selectSubnets({ subnetGroupName: 'data' }).subnetIds,
        securityGroupIds: [props.securityGroup.securityGroupId],
      },
      encryptionAtRestOptions: { enabled: true, kmsKeyId: key.keyId },
      nodeToNodeEncryptionOptions: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
      advancedSecurityOptions: {
        enabled: true,
        internalUserDatabaseEnabled: true,
        masterUserOptions: {
          masterUserName: USER,
          masterUserPassword: this.secret.secretValueFromJson('password').unsafeUnwrap(),
        },
      },
      // Requests carry a password, not a signature, so the policy names no principal; the network and the user do.
      accessPolicies: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: ['es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPost', 'es:ESHttpPut', 'es:ESHttpDelete'],
            Resource: stack.formatArn({ service: 'es', resource: 'domain', resourceName: `${props.name}/*` }),
          },
        ],
      },
      logPublishingOptions: {
        SEARCH_SLOW_LOGS: { enabled: true, cloudWatchLogsLogGroupArn: slow.logGroupArn },
        INDEX_SLOW_LOGS: { enabled: true, cloudWatchLogsLogGroupArn: slow.logGroupArn },
        ES_APPLICATION_LOGS: { enabled: true, cloudWatchLogsLogGroupArn: slow.logGroupArn },
      },
      offPeakWindowOptions: { enabled: true },
      softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
    });
    this.domain.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.domain.addResourceDependency(leave);
  }

  /** The log group, and the leave for the domain to write there. */
  private slowLogs(props: SearchDomainProps): { group: logs.LogGroup; leave: logs.CfnResourcePolicy } {
    const group = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/techmart/${props.name}/opensearch`,
      encryptionKey: props.key,
      retention: props.logDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const stack = Stack.of(this);
    const policy = new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          principals: [new iam.ServicePrincipal('es.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutLogEventsBatch'],
          resources: [group.logGroupArn],
          conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
        }),
      ],
    });
    const leave = new logs.CfnResourcePolicy(this, 'LogsPolicy', {
      policyName: `${props.name}-opensearch`,
      policyDocument: stack.toJsonString(policy.toJSON()),
    });
    return { group, leave };
  }
}
