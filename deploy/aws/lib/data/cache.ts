// Redis (Valkey): a primary with replicas in other zones, TLS and a password.

import { Fn, SecretValue } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { CACHE_PORT } from '../../config/defaults.ts';

export interface CacheProps {
  readonly vpc: ec2.IVpc;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly key: IKey;
  readonly name: string;
  readonly nodeType: string;
  readonly replicas: number;
  /** A path of secrets, `techmart/production`. */
  readonly secretPrefix: string;
}

/** What is in it may vanish at any moment, so nothing of it is backed up. */
export class Cache extends Construct {
  readonly group: elasticache.CfnReplicationGroup;
  /** The names of its nodes, as AWS gives them: by these their metrics are known. */
  readonly nodes: readonly string[];
  /** The whole address with its password, as the setting `redis.url` takes it. */
  readonly urlSecret: secrets.Secret;

  constructor(scope: Construct, id: string, props: CacheProps) {
    super(scope, id);
    const subnets = new elasticache.CfnSubnetGroup(this, 'Subnets', {
      cacheSubnetGroupName: props.name,
      description: 'Redis',
      subnetIds: props.vpc.selectSubnets({ subnetGroupName: 'data' }).subnetIds,
    });
    const token = new secrets.Secret(this, 'Token', {
      secretName: `${props.secretPrefix}/redis/token`,
      description: 'Password of Redis',
      encryptionKey: props.key,
      // It stands in a URL.
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    this.group = new elasticache.CfnReplicationGroup(this, 'Group', {
      replicationGroupId: props.name,
      replicationGroupDescription: 'Cache, limits and hints of TechMart',
      engine: 'valkey',
      engineVersion: '8.0',
      cacheNodeType: props.nodeType,
      numCacheClusters: props.replicas + 1,
      automaticFailoverEnabled: props.replicas > 0,
      multiAzEnabled: props.replicas > 0,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [props.securityGroup.securityGroupId],
      port: CACHE_PORT,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: props.key.keyArn,
      authToken: token.secretValue.unsafeUnwrap(),
      snapshotRetentionLimit: 0,
      autoMinorVersionUpgrade: true,
    });
    this.nodes = Array.from({ length: props.replicas + 1 }, (_, index) => `${props.name}-${String(index + 1).padStart(3, '0')}`);
    this.urlSecret = new secrets.Secret(this, 'Url', {
      secretName: `${props.secretPrefix}/redis/url`,
      description: 'Address of Redis with its password',
      encryptionKey: props.key,
      secretStringValue: SecretValue.unsafePlainText(
        Fn.join('', [
          'rediss://:',
          token.secretValue.unsafeUnwrap(),
          '@',
          this.group.attrPrimaryEndPointAddress,
          `:${CACHE_PORT}`,
        ]),
      ),
    });
  }
}
