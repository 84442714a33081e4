// What remembers: PostgreSQL, Redis, OpenSearch, secrets, and the key that encrypts all of it.

import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { Cache } from '../data/cache.ts';
import { Database } from '../data/database.ts';
import { SearchDomain } from '../data/search-domain.ts';
import { ShopSecrets } from '../data/secrets.ts';
import { ShopStack, type ShopStackProps } from '../stack.ts';
import type { NetworkStack } from './network.ts';

export interface DataProps extends ShopStackProps {
  readonly network: NetworkStack;
  /** Whose database roles need a password. */
  readonly roles: readonly string[];
}

export class DataStack extends ShopStack {
  readonly key: kms.Key;
  readonly database: Database;
  readonly cache?: Cache;
  readonly search?: SearchDomain;
  readonly secrets: ShopSecrets;

  constructor(scope: Construct, props: DataProps) {
    super(scope, 'data', { ...props, terminationProtection: true });
    const { config } = this;
    const { vpc, firewall } = props.network;
    const secretPrefix = `techmart/${config.name}`;
    this.key = new kms.Key(this, 'Key', {
      alias: this.named('data'),
      description: 'Everything that TechMart keeps',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    letLogsUse(this.key, this);
    this.database = new Database(this, 'Database', {
      vpc,
      securityGroup: firewall.database,
      key: this.key,
      size: config.database,
      name: this.named('db'),
      logDays: config.logDays,
    });
    this.secrets = new ShopSecrets(this, 'Secrets', { key: this.key, prefix: secretPrefix, roles: props.roles });
    if (config.cache !== undefined) {
      this.cache = new Cache(this, 'Cache', {
        vpc,
        securityGroup: firewall.cache,
        key: this.key,
        name: this.named('cache'),
        secretPrefix,
        ...config.cache,
      });
    }
    if (config.openSearch !== undefined) {
      this.search = new SearchDomain(this, 'Search', {
        vpc,
        securityGroup: firewall.search,
        key: this.key,
        name: this.named('search'),
        size: config.openSearch,
        logDays: config.logDays,
        secretPrefix,
      });
    }
  }
}

/** CloudWatch Logs encrypts the environment's log groups with the key. */
function letLogsUse(key: kms.Key, stack: ShopStack): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${stack.region}:${stack.account}:log-group:*` },
      },
    }),
  );
}
