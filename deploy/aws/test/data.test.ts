// What remembers is encrypted, backed up, spread, and not deleted by accident.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Shop } from '../lib/app.ts';
import { everything, only, propertiesOf, RECOVERY_KEY, resources, shopOf, stacksOf, switched } from './support.ts';

const production = shopOf(everything, 'production');
const { data, network } = production;

test('PostgreSQL: two zones, replicas, backups, TLS, no public address', () => {
  const instances = propertiesOf(data, 'AWS::RDS::DBInstance');
  const [primary] = instances;
  assert.equal(instances.length, 3);
  assert.equal(primary?.['MultiAZ'], true);
  assert.equal(primary?.['StorageEncrypted'], true);
  assert.equal(primary?.['CopyTagsToSnapshot'], true);
  assert.equal(primary?.['ManageMasterUserPassword'], true, 'RDS keeps and rotates the password');
  assert.equal(primary?.['MasterUserPassword'], undefined);
  for (const instance of instances) {
    assert.equal(instance['DeletionProtection'], true);
    assert.equal(instance['PubliclyAccessible'], false);
  }
  const [group] = propertiesOf(data, 'AWS::RDS::DBParameterGroup');
  const parameters = group?.['Parameters'];
  assert.equal(parameters['rds.force_ssl'], '1');
  const forgottenMs = Number(parameters.idle_in_transaction_session_timeout);
  assert.ok(forgottenMs > 0 && forgottenMs <= 300_000, 'a transaction that somebody forgot holds its locks for minutes at most');
});

test('what remembers lies in subnets without a way out, behind a group of its own, under our key', () => {
  for (const { data: stack } of everything.shops) {
    const key = resources(stack, 'AWS::KMS::Key')[0]?.[0] ?? '';
    const inside = (subnets: unknown[]): void => {
      assert.equal(subnets.length, 3);
      for (const subnet of subnets) assert.match(JSON.stringify(subnet), /VpcdataSubnet/);
    };
    const behind = (groups: unknown, name: string): void => assert.match(JSON.stringify(groups), new RegExp(`^\\[[^\\[]*Firewall${name}[^,]*\\]$`));
    const under = (reference: unknown): void => assert.match(JSON.stringify(reference), new RegExp(`"${key}"`));
    inside(only(stack, 'AWS::RDS::DBSubnetGroup')['SubnetIds']);
    for (const instance of propertiesOf(stack, 'AWS::RDS::DBInstance')) {
      behind(instance['VPCSecurityGroups'], 'Database');
      // A replica takes the key of its source, and the administrator is the primary's.
      if (instance['SourceDBInstanceIdentifier'] === undefined) for (const one of [instance['KmsKeyId'], instance['MasterUserSecret'].KmsKeyId]) under(one);
    }
    for (const cache of propertiesOf(stack, 'AWS::ElastiCache::ReplicationGroup')) {
      inside(only(stack, 'AWS::ElastiCache::SubnetGroup')['SubnetIds']);
      behind(cache['SecurityGroupIds'], 'Cache');
      under(cache['KmsKeyId']);
    }
    for (const domain of propertiesOf(stack, 'AWS::OpenSearchService::Domain')) {
      inside(domain['VPCOptions'].SubnetIds);
      behind(domain['VPCOptions'].SecurityGroupIds, 'Search');
      under(domain['EncryptionAtRestOptions'].KmsKeyId);
    }
  }
});

test('PostgreSQL can be restored to any second of days past, and deleting it leaves its backups', () => {
  for (const shop of everything.shops) {
    const [primary] = propertiesOf(shop.data, 'AWS::RDS::DBInstance').filter(({ SourceDBInstanceIdentifier }) => SourceDBInstanceIdentifier === undefined);
    assert.equal(primary?.['BackupRetentionPeriod'], shop.environment.database.backupDays);
    assert.ok(shop.environment.database.backupDays >= 7);
    assert.equal(primary?.['DeleteAutomatedBackups'], false);
    assert.equal(primary?.['DeletionProtection'], true);
    assert.notEqual(primary?.['PreferredBackupWindow'], undefined);
  }
  assert.equal(production.environment.database.backupDays, 35);
});

test('backups are copied to a second region once its key is known', () => {
  const { recovery } = production;
  assert.ok(recovery !== undefined && recovery.region !== production.environment.region);
  assert.equal(only(recovery, 'AWS::KMS::Key')['EnableKeyRotation'], true);
  const copied = (shop: Shop): unknown[] =>
    propertiesOf(shop.data, 'AWS::RDS::DBInstance').map((instance) => instance['AutomaticBackupReplicationRegion']);
  assert.deepEqual(copied(production), [undefined, undefined, undefined]);
  const turned = shopOf(switched, 'production');
  assert.deepEqual(copied(turned), ['us-west-2', undefined, undefined], 'the primary\'s, once');
  const [primary] = propertiesOf(turned.data, 'AWS::RDS::DBInstance');
  assert.equal(primary?.['AutomaticBackupReplicationKmsKeyId'], RECOVERY_KEY);
  assert.equal(primary?.['AutomaticBackupReplicationRetentionPeriod'], 14);
});

test('PostgreSQL\'s logs are kept as long as all others', () => {
  for (const shop of everything.shops) {
    const kept = propertiesOf(shop.data, 'AWS::Logs::LogGroup').filter(({ LogGroupName }) => String(LogGroupName).startsWith('/aws/rds/'));
    const written = propertiesOf(shop.data, 'AWS::RDS::DBInstance').flatMap((instance) =>
      instance['EnableCloudwatchLogsExports'].map((name: string) => `/aws/rds/instance/${instance['DBInstanceIdentifier']}/${name}`),
    );
    assert.deepEqual(kept.map(({ LogGroupName }) => LogGroupName).sort(), written.sort());
    assert.ok(kept.every(({ RetentionInDays }) => RetentionInDays === shop.environment.logDays));
  }
});

test('what is secret is encrypted with our key, which changes every year', () => {
  for (const { data } of everything.shops) {
    assert.equal(only(data, 'AWS::KMS::Key')['EnableKeyRotation'], true);
    for (const secret of propertiesOf(data, 'AWS::SecretsManager::Secret')) {
      assert.notEqual(secret['KmsKeyId'], undefined, secret['Name']);
      if (secret['SecretString'] !== undefined) assert.match(JSON.stringify(secret['SecretString']), /resolve:secretsmanager/, secret['Name']);
    }
  }
});

test('services of AWS use our key for this account alone', () => {
  for (const { data, environment } of everything.shops) {
    const statements = only(data, 'AWS::KMS::Key')['KeyPolicy'].Statement as Record<string, any>[];
    const ofServices = statements.filter(({ Principal }) => Principal.Service !== undefined);
    assert.equal(ofServices.length, 1, 'CloudWatch Logs');
    for (const { Condition } of ofServices) assert.match(JSON.stringify(Condition?.ArnLike), new RegExp(`:${environment.account}:log-group:`));
  }
});

test('Redis: TLS, a password, other zones', () => {
  const [group] = propertiesOf(data, 'AWS::ElastiCache::ReplicationGroup');
  assert.equal(group?.['TransitEncryptionMode'], 'required');
  assert.equal(group?.['AtRestEncryptionEnabled'], true);
  assert.deepEqual([group?.['MultiAZEnabled'], group?.['AutomaticFailoverEnabled'], group?.['NumCacheClusters']], [true, true, 3]);
  assert.match(JSON.stringify(group?.['AuthToken']), /resolve:secretsmanager/);
});

test('OpenSearch: three zones, TLS, encrypted, a user of its own; and only where the environment asks for it', () => {
  const [domain] = propertiesOf(data, 'AWS::OpenSearchService::Domain');
  const { ZoneAwarenessEnabled, ZoneAwarenessConfig, DedicatedMasterEnabled, DedicatedMasterCount } = domain?.['ClusterConfig'];
  assert.deepEqual([ZoneAwarenessEnabled, ZoneAwarenessConfig.AvailabilityZoneCount], [true, 3]);
  assert.deepEqual([DedicatedMasterEnabled, DedicatedMasterCount], [true, 3], 'two of three masters go on when a zone is lost');
  assert.equal(domain?.['EncryptionAtRestOptions'].Enabled, true);
  assert.equal(domain?.['NodeToNodeEncryptionOptions'].Enabled, true);
  assert.equal(domain?.['DomainEndpointOptions'].EnforceHTTPS, true);
  assert.match(domain?.['DomainEndpointOptions'].TLSSecurityPolicy, /^Policy-Min-TLS-1-[23]-/);
  for (const { Action } of domain?.['AccessPolicies'].Statement) for (const action of [Action].flat()) assert.match(action, /^es:ESHttp[A-Z][a-z]+$/);
  assert.equal(domain?.['AdvancedSecurityOptions'].Enabled, true);
  assert.equal(resources(shopOf(everything, 'staging').data, 'AWS::OpenSearchService::Domain').length, 0);
});

test('what holds data stays when a stack lets go of it', () => {
  const kept: Record<string, string[]> = {
    'AWS::RDS::DBInstance': ['Snapshot', 'Retain'],
    'AWS::S3::Bucket': ['Retain'],
    'AWS::KMS::Key': ['Retain'],
    'AWS::OpenSearchService::Domain': ['Retain'],
    'AWS::ECR::Repository': ['Retain'],
  };
  for (const stack of stacksOf(everything)) {
    for (const [id, resource] of resources(stack)) {
      const replica = resource.Properties?.['SourceDBInstanceIdentifier'] !== undefined;
      const allowed = replica ? undefined : kept[resource.Type];
      if (allowed === undefined) continue;
      assert.ok(allowed.includes(resource.DeletionPolicy ?? ''), `${stack.stackName} ${id}`);
      assert.equal(resource.UpdateReplacePolicy, resource.DeletionPolicy, `${stack.stackName} ${id}`);
    }
  }
  for (const shop of everything.shops) {
    for (const stack of [shop.network, shop.data, shop.platform, shop.edge]) assert.equal(stack.terminationProtection, true);
    // Those of Redis and OpenSearch are made anew with them.
    const secrets = resources(shop.data, 'AWS::SecretsManager::Secret').filter(([, { Properties }]) => !/redis|opensearch/.test(Properties?.['Name']));
    assert.equal(secrets.length, shop.units.length + 5);
    for (const [id, secret] of secrets) assert.equal(secret.DeletionPolicy, 'Retain', `${shop.environment.name} ${id}`);
  }
});

test('every bucket is closed, encrypted and wants TLS; logs grow old and go', () => {
  for (const stack of stacksOf(everything)) {
    for (const [id, { Properties }] of resources(stack, 'AWS::S3::Bucket')) {
      const name = `${stack.stackName} ${id}`;
      assert.ok(Properties?.['BucketEncryption'] !== undefined, name);
      const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } = Properties['PublicAccessBlockConfiguration'];
      assert.deepEqual([BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets], [true, true, true, true], name);
      // A bad upload can be taken back, and the pipeline knows a release by its version; logs are only added.
      if (!id.startsWith('AccessLogs')) assert.deepEqual(Properties['VersioningConfiguration'], { Status: 'Enabled' }, name);
      const policies = JSON.stringify(propertiesOf(stack, 'AWS::S3::BucketPolicy').filter(({ Bucket }) => Bucket.Ref === id));
      assert.match(policies, /aws:SecureTransport/, name);
    }
  }
  const [rule] = only(network, 'AWS::S3::Bucket')['LifecycleConfiguration'].Rules;
  assert.deepEqual([rule.Status, rule.ExpirationInDays, rule.Transitions[0].TransitionInDays], ['Enabled', 365, 30]);
});

test('CloudFront, the REST API and the load balancer write access logs into that bucket', () => {
  const { edge, apis, platform } = shopOf(everything, 'production');
  assert.equal(propertiesOf(edge, 'AWS::CloudFront::Distribution')[0]?.['DistributionConfig'].Logging.Prefix, 'cloudfront/');
  assert.ok(apis.every((api) => propertiesOf(api, 'AWS::ApiGateway::Stage')[0]?.['AccessLogSetting'] !== undefined));
  const attributes = propertiesOf(platform, 'AWS::ElasticLoadBalancingV2::LoadBalancer')[0]?.['LoadBalancerAttributes'] as { Key: string; Value: unknown }[];
  assert.equal(attributes.find(({ Key }) => Key === 'access_logs.s3.enabled')?.Value, 'true');
});

test('tasks and data have no public address, and the load balancer is internal', () => {
  for (const shop of everything.shops) {
    assert.equal(propertiesOf(shop.platform, 'AWS::ElasticLoadBalancingV2::LoadBalancer')[0]?.['Scheme'], 'internal');
    for (const stack of shop.services) {
      assert.equal(propertiesOf(stack, 'AWS::ECS::Service')[0]?.['NetworkConfiguration'].AwsvpcConfiguration.AssignPublicIp, 'DISABLED');
    }
    for (const [id, { Properties }] of resources(shop.network, 'AWS::EC2::SecurityGroup')) {
      for (const rule of Properties?.['SecurityGroupIngress'] ?? []) assert.notEqual(rule.CidrIp, '0.0.0.0/0', id);
    }
  }
});
