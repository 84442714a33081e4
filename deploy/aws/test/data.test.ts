// What remembers is encrypted, backed up, spread, and not deleted by accident.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, propertiesOf, resources, shopOf, stacksOf } from './support.ts';

const everything = build();
const { data, network } = shopOf(everything, 'production');

test('PostgreSQL: two zones, replicas, backups, TLS, no public address', () => {
  const instances = propertiesOf(data, 'AWS::RDS::DBInstance');
  const [primary] = instances;
  assert.equal(instances.length, 3);
  assert.equal(primary?.['MultiAZ'], true);
  assert.equal(primary?.['StorageEncrypted'], true);
  assert.equal(primary?.['BackupRetentionPeriod'], 35);
  assert.equal(primary?.['ManageMasterUserPassword'], true, 'RDS keeps and rotates the password');
  assert.equal(primary?.['MasterUserPassword'], undefined);
  for (const instance of instances) {
    assert.equal(instance['DeletionProtection'], true);
    assert.equal(instance['PubliclyAccessible'], false);
  }
  const [parameters] = propertiesOf(data, 'AWS::RDS::DBParameterGroup');
  assert.equal(parameters?.['Parameters']['rds.force_ssl'], '1');
});

test('Redis: TLS, a password, other zones', () => {
  const [group] = propertiesOf(data, 'AWS::ElastiCache::ReplicationGroup');
  assert.equal(group?.['TransitEncryptionMode'], 'required');
  assert.equal(group?.['AtRestEncryptionEnabled'], true);
  assert.equal(group?.['MultiAZEnabled'], true);
  assert.match(JSON.stringify(group?.['AuthToken']), /resolve:secretsmanager/);
});

test('OpenSearch: three zones, TLS, encrypted, a user of its own; and only where the environment asks for it', () => {
  const [domain] = propertiesOf(data, 'AWS::OpenSearchService::Domain');
  assert.equal(domain?.['ClusterConfig'].ZoneAwarenessConfig.AvailabilityZoneCount, 3);
  assert.equal(domain?.['EncryptionAtRestOptions'].Enabled, true);
  assert.equal(domain?.['NodeToNodeEncryptionOptions'].Enabled, true);
  assert.equal(domain?.['DomainEndpointOptions'].EnforceHTTPS, true);
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
  }
});

test('every bucket is closed, encrypted and wants TLS; logs grow old and go', () => {
  for (const stack of stacksOf(everything)) {
    for (const [id, { Properties }] of resources(stack, 'AWS::S3::Bucket')) {
      const name = `${stack.stackName} ${id}`;
      assert.ok(Properties?.['BucketEncryption'] !== undefined, name);
      assert.deepEqual(new Set(Object.values(Properties['PublicAccessBlockConfiguration'])), new Set([true]), name);
      const policies = JSON.stringify(propertiesOf(stack, 'AWS::S3::BucketPolicy').filter(({ Bucket }) => Bucket.Ref === id));
      assert.match(policies, /aws:SecureTransport/, name);
    }
  }
  const logs = propertiesOf(network, 'AWS::S3::Bucket')[0];
  assert.equal(logs?.['LifecycleConfiguration'].Rules[0].ExpirationInDays, 365);
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

test('three zones', () => {
  for (const shop of everything.shops) {
    const zones = propertiesOf(shop.network, 'AWS::EC2::Subnet').map((subnet) => JSON.stringify(subnet['AvailabilityZone']));
    assert.equal(new Set(zones).size, 3);
    assert.equal(zones.length, 9);
  }
});
