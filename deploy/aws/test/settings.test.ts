// What a task is given is what its program asks for: no variable that it does not know, none missing that it needs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTAINER_PORT, OPS_PORT } from '../config/defaults.ts';
import { readText } from '../lib/repository.ts';
import { loadRoutingTable, servicesOf } from '../lib/routing/table.ts';
import { settingOf, settingsOfPlumbing, settingsOfService, type Setting } from './program-settings.ts';
import { containersOf, everything, stacksOf, variablesOf } from './support.ts';

const services = servicesOf(loadRoutingTable());
const plumbing = settingsOfPlumbing();
const known = new Map([...services, 'all'].map((service) => [service, settingsOfService(service)]));

/** Each deployed unit with the services that it mounts. */
const units = everything.shops.flatMap((shop) =>
  shop.services.map((stack) => {
    const unit = stack.stackName.split('-service-')[1] ?? '';
    return { shop, stack, mounts: unit === 'techmart' ? ['all', ...services] : [unit] };
  }),
);

const find = (settings: readonly Setting[] | undefined, path: string): Setting | undefined => settings?.find((setting) => setting.path === path);

test('the sources are read', () => {
  const required = (service: string): string[] => (known.get(service) ?? []).filter((setting) => setting.required).map(({ path }) => path);
  assert.deepEqual(required('cart'), ['db.url']);
  assert.deepEqual(required('auth').sort(), ['db.url', 'jwt.signing_key', 'password.pepper']);
  assert.deepEqual(required('checkout').sort(), [
    'db.url',
    'order_token.key',
    'payment.publishable_key',
    'payment.secret_key',
    'payment.webhook_secret',
  ]);
  assert.deepEqual(required('orders').sort(), ['db.url', 'order_token.key']);
  assert.deepEqual(required('all'), []);
  for (const path of ['stock.slots.slots_max', 'db.read_url', 'cache.list_ttl_s']) assert.ok(find(known.get('catalog'), path), path);
  for (const path of ['mail.smtp_url', 'seller.tax_id', 'webhooks.notice_to']) assert.ok(find(known.get('orders'), path), path);
  assert.ok(find(plumbing, 'cloudwatch.namespace'));
});

for (const { stack, mounts } of units) {
  const [app] = containersOf(stack);
  const ours = variablesOf(app).filter((name) => name.startsWith('TECHMART'));

  test(`${stack.stackName}: every variable is a setting of its program`, () => {
    assert.ok(ours.length > 10);
    for (const name of ours) {
      const setting = settingOf(name);
      assert.ok(setting !== undefined, name);
      const { owner, path } = setting;
      if (owner !== undefined) assert.ok(mounts.includes(owner), `${name} is of a program that does not run here`);
      const readers = owner === undefined ? mounts.map((mount) => known.get(mount)) : [known.get(owner)];
      assert.ok([...readers, owner === undefined ? plumbing : []].some((settings) => find(settings, path)), `${name}: nobody reads it`);
    }
  });

  test(`${stack.stackName}: nothing is missing that its program needs`, () => {
    const given = ours.map(settingOf);
    for (const mount of mounts) {
      for (const { path } of (known.get(mount) ?? []).filter(({ required }) => required)) {
        assert.ok(given.some((one) => one?.path === path && (one.owner ?? mount) === mount), `${mount}: ${path}`);
      }
    }
  });

  test(`${stack.stackName}: values are of the type of the default that they replace`, () => {
    for (const { Name, Value } of (app?.['Environment'] ?? []) as { Name: string; Value: unknown }[]) {
      const setting = settingOf(Name);
      if (setting === undefined) continue;
      const readers = setting.owner === undefined ? mounts : [setting.owner];
      for (const value of [...readers.map((mount) => known.get(mount)), plumbing].map((settings) => find(settings, setting.path)?.default)) {
        if (typeof value === 'number') assert.match(String(Value), /^\d+$/, Name);
        if (typeof value === 'boolean') assert.match(String(Value), /^(true|false)$/, Name);
      }
    }
  });

  test(`${stack.stackName}: listens where the load balancer and the probes look`, () => {
    const value = (name: string): unknown => app?.['Environment'].find(({ Name }: { Name: string }) => Name === name)?.Value;
    assert.equal(value('TECHMART__HTTP__ADDRESS'), `0.0.0.0:${CONTAINER_PORT}`);
    assert.equal(value('TECHMART__HTTP__OPS_ADDRESS'), `0.0.0.0:${OPS_PORT}`);
    assert.deepEqual(app?.['PortMappings'].map(({ ContainerPort }: { ContainerPort: number }) => ContainerPort), [CONTAINER_PORT, OPS_PORT]);
  });
}

test('each service signs in to PostgreSQL with the password of its own role, over a connection whose certificate it has checked', () => {
  for (const { shop, stack, mounts } of units) {
    const [app] = containersOf(stack);
    const plain = new Map((app?.['Environment'] as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [Name, JSON.stringify(Value)]));
    const secret = new Map((app?.['Secrets'] as { Name: string; ValueFrom: unknown }[]).map(({ Name, ValueFrom }) => [Name, JSON.stringify(ValueFrom)]));
    assert.equal(plain.get('PGSSLMODE'), '"verify-full"', stack.stackName);
    assert.match(secret.get('PGSSLROOTCERT') ?? '', /rds-ca/, stack.stackName);
    const unit = mounts.length > 1 ? 'techmart' : (mounts[0] ?? '');
    assert.match(secret.get('PGPASSWORD') ?? '', new RegExp(`Secretsdb${unit}[0-9A-F]{8}.*:password::`), stack.stackName);
    assert.match(secret.get('TECHMART__DB__OTHER_PASSWORD') ?? '', new RegExp(`Secretsdb${unit}[0-9A-F]{8}.*:other::`), stack.stackName);
    for (const service of mounts.filter((mount) => mount !== 'all')) {
      const url = (name: string): string => plain.get(`TECHMART_${service.toUpperCase()}__DB__${name}`) ?? '';
      assert.match(url('URL'), new RegExp(`postgres://techmart_${service}@.*DatabasePrimary`), stack.stackName);
      const reads = shop.environment.database.readReplicas > 0 ? new RegExp(`postgres://techmart_${service}@.*DatabaseReplica`) : /^$/;
      assert.match(url('READ_URL'), reads, stack.stackName);
    }
  }
});

test('metrics are sent, and the one process believes the one proxy before it', () => {
  for (const { stack, mounts } of units) {
    const value = (name: string): unknown => containersOf(stack)[0]?.['Environment'].find(({ Name }: { Name: string }) => Name === name)?.Value;
    assert.equal(value('TECHMART__CLOUDWATCH__ENABLED'), 'true', stack.stackName);
    assert.equal(value('TECHMART_ALL__GATE__PROXIES'), mounts.length > 1 ? '1' : undefined, stack.stackName);
  }
});

test('where a program takes a secret and the one before, it is given both out of one secret', () => {
  const previous = /_previous$/;
  let pairs = 0;
  for (const { stack, mounts } of units) {
    const secret = new Map(
      (containersOf(stack)[0]?.['Secrets'] as { Name: string; ValueFrom: unknown }[]).map(({ Name, ValueFrom }) => [Name, JSON.stringify(ValueFrom).replace(/:[a-z_]+::"/, '"')]),
    );
    for (const mount of mounts) {
      const from = (path: string): string | undefined => {
        const name = path.toUpperCase().replaceAll('.', '__');
        return secret.get(`TECHMART_${mount.toUpperCase()}__${name}`) ?? secret.get(`TECHMART__${name}`);
      };
      for (const { path } of (known.get(mount) ?? []).filter((setting) => previous.test(setting.path))) {
        assert.notEqual(from(path), undefined, `${stack.stackName}: ${path}`);
        assert.equal(from(path), from(path.replace(previous, '')), `${stack.stackName}: ${path}`);
        pairs += 1;
      }
    }
  }
  assert.equal(pairs, 3 * everything.shops.length, 'order tokens, peppers, reports of the payment provider');
});

test('what the environment says beside reaches whom it concerns', () => {
  for (const { shop, stack, mounts } of units) {
    const names = variablesOf(containersOf(stack)[0]);
    for (const name of Object.keys(shop.environment.settings)) {
      const { owner, path = '' } = settingOf(name) ?? {};
      const readers = owner === undefined ? mounts : mounts.filter((mount) => mount === owner);
      assert.equal(names.includes(name), readers.some((mount) => find(known.get(mount), path)), `${stack.stackName} ${name}`);
    }
  }
});

test('other variables are OpenTelemetry\'s as we document them, and PostgreSQL\'s', () => {
  const documented = readText('docs/LOGGING.md');
  for (const { stack } of units) {
    for (const name of variablesOf(containersOf(stack)[0]).filter((each) => !each.startsWith('TECHMART'))) {
      if (name.startsWith('OTEL_')) assert.ok(documented.includes(name.replace(/_(TRACES|METRICS)_ENDPOINT$/, '_ENDPOINT')), name);
      else assert.ok(['PGPASSWORD', 'PGSSLMODE', 'PGSSLROOTCERT'].includes(name), name);
    }
  }
});

test('metrics leave by CloudWatch alone: the sidecar takes traces', () => {
  const pipelines = /pipelines:\n((?: {4}.*\n)+)/.exec(readText('deploy/aws/lib/service/collector.yaml'))?.[1] ?? '';
  assert.deepEqual([...pipelines.matchAll(/^ {4}(\w+):$/gm)].map(([, name]) => name), ['traces']);
  for (const { stack } of units) {
    const names = variablesOf(containersOf(stack)[0]);
    assert.ok(names.includes('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') && !names.includes('OTEL_EXPORTER_OTLP_ENDPOINT'));
    assert.ok(names.includes('TECHMART__CLOUDWATCH__ENABLED'));
  }
});

test('the migrations task is given what techmart-migrate reads, and the password of every role', () => {
  const source = readText('crates/schema/src/cli.rs');
  assert.ok(source.includes('env = "TECHMART_MIGRATE__DB__URL"') && source.includes('"TECHMART_MIGRATE__ROLE_PASSWORDS__{}"'));
  for (const { migrations } of everything.shops) {
    assert.deepEqual(
      variablesOf(containersOf(migrations)[0]).sort(),
      [
        'PGPASSWORD',
        'PGSSLMODE',
        'PGSSLROOTCERT',
        'TECHMART_MIGRATE__DB__URL',
        ...services.map((service) => `TECHMART_MIGRATE__ROLE_PASSWORDS__${service.toUpperCase()}`),
      ].sort(),
    );
  }
});

test('nobody pays at the simulator', () => {
  for (const { stack } of units) assert.ok(!variablesOf(containersOf(stack)[0]).includes('TECHMART_CHECKOUT__PAYMENT__API_BASE'));
  assert.equal(find(known.get('checkout'), 'payment.api_base')?.default, 'https://api.stripe.com');
  for (const stack of stacksOf(everything).filter(({ stackName }) => /-(service-|migrations)/.test(stackName))) {
    assert.doesNotMatch(JSON.stringify(containersOf(stack)), /paysim/, stack.stackName);
  }
});
