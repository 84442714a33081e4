// The network: three zones, three tiers, and who may talk to whom.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CACHE_PORT, CONTAINER_PORT, DATABASE, OPS_PORT, SMTP_PORTS } from '../config/defaults.ts';
import { everything, only, propertiesOf, resources, shopOf } from './support.ts';

const { network, environment, units } = shopOf(everything, 'production');

/** The name of a security group in the template, as the code calls it: `Firewall` and what follows, without the hash. */
const groups = new Map(resources(network, 'AWS::EC2::SecurityGroup').map(([id]) => [id, id.replace(/^Firewall/, '').replace(/[0-9A-F]{8}$/, '')]));
const nameOf = (reference: any): string => groups.get(reference?.['Fn::GetAtt']?.[0]) ?? String(reference);

/** The rules of one side: `from to port`. */
function rules(side: 'Ingress' | 'Egress'): string[] {
  const apart = propertiesOf(network, `AWS::EC2::SecurityGroup${side}`).map((rule) => {
    const self = nameOf(rule['GroupId']);
    const other = rule['SourcePrefixListId'] ?? nameOf(rule['SourceSecurityGroupId'] ?? rule['DestinationSecurityGroupId']);
    return side === 'Ingress' ? `${other} ${self} ${rule['FromPort']}` : `${self} ${other} ${rule['FromPort']}`;
  });
  const inside = resources(network, 'AWS::EC2::SecurityGroup').flatMap(([id, { Properties }]) =>
    ((Properties?.[`SecurityGroup${side}`] ?? []) as Record<string, any>[])
      // What the library writes where nothing may leave.
      .filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32')
      .map((rule) => {
        const other = rule['CidrIp'] ?? rule['SourcePrefixListId'];
        return side === 'Ingress' ? `${other} ${groups.get(id)} ${rule['FromPort']}` : `${groups.get(id)} ${other} ${rule['FromPort']}`;
      }),
  );
  return [...new Set([...apart, ...inside])].sort();
}

const tasks = units.map((unit) => `Task${unit}`);
const EVERYWHERE = '0.0.0.0/0';

/** Who talks to whom inside. */
const inside = [
  'VpcLink LoadBalancer 443',
  'Tasksearch Search 443',
  ...tasks.flatMap((task) => [`LoadBalancer ${task} ${CONTAINER_PORT}`, `LoadBalancer ${task} ${OPS_PORT}`, `${task} Cache ${CACHE_PORT}`]),
  ...[...tasks, 'Migrations'].flatMap((task) => [`${task} Database ${DATABASE.port}`, `${task} Endpoints 443`]),
];

test('only what has to may come in', () => {
  assert.deepEqual(rules('Ingress'), [...inside, `${environment.network.cloudFrontPrefixList} LoadBalancer 443`].sort());
});

test('only tasks reach the world, by HTTPS and mail', () => {
  const outside = [
    ...tasks.flatMap((task) => SMTP_PORTS.map((port) => `${task} ${EVERYWHERE} ${port}`)),
    ...[...tasks, 'Migrations'].map((task) => `${task} ${EVERYWHERE} 443`),
  ];
  assert.deepEqual(rules('Egress'), [...inside, ...outside].sort());
});

test('three zones, each with three tiers, whatever the environment', () => {
  for (const shop of everything.shops) {
    const subnets = propertiesOf(shop.network, 'AWS::EC2::Subnet');
    const zones = subnets.map((subnet) => JSON.stringify(subnet['AvailabilityZone']));
    assert.equal(new Set(zones).size, 3);
    assert.equal(zones.length, 9);
    assert.ok(subnets.every((subnet) => subnet['MapPublicIpOnLaunch'] === false));
    assert.equal(resources(shop.network, 'AWS::EC2::NatGateway').length, shop.environment.network.natGateways);
  }
});

test('production has a way out in each zone; data has none', () => {
  assert.equal(resources(network, 'AWS::EC2::NatGateway').length, 3);
  const defaults = propertiesOf(network, 'AWS::EC2::Route').filter((route) => route['DestinationCidrBlock'] === EVERYWHERE);
  const tables = defaults.map((route) => String(route['RouteTableId'].Ref));
  assert.equal(tables.filter((id) => id.includes('app')).length, 3);
  assert.equal(tables.filter((id) => id.includes('data')).length, 0);
});

test('what tasks ask of AWS while they start and run has private addresses', () => {
  const services = propertiesOf(network, 'AWS::EC2::VPCEndpoint').map((endpoint) => JSON.stringify(endpoint['ServiceName']));
  for (const name of ['s3', 'ecr.api', 'ecr.dkr', 'logs', 'monitoring', 'xray', 'secretsmanager', 'ssm']) {
    assert.ok(services.some((service) => service.endsWith(`${name}"`) || service.includes(`.${name}"`)), name);
  }
  for (const endpoint of propertiesOf(network, 'AWS::EC2::VPCEndpoint').filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')) {
    assert.equal(endpoint['SubnetIds'].length, 3);
    assert.deepEqual(endpoint['SecurityGroupIds'].map(nameOf), ['Endpoints']);
  }
  assert.equal(resources(shopOf(everything, 'staging').network, 'AWS::EC2::VPCEndpoint').length, 1, 'S3 alone, which is free');
});

test('refused connections are written down', () => {
  const log = only(network, 'AWS::EC2::FlowLog');
  assert.deepEqual([log['TrafficType'], log['LogDestinationType']], ['REJECT', 's3']);
});
