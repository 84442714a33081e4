// What is given from outside arrives, and what is committed is nobody's.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { delivery, environments } from '../config/environments.ts';
import { lookupIn } from '../lib/app.ts';
import { RECOVERY_KEY } from './support.ts';

const VARIABLE = 'TECHMART_AWS_STAGING_ACCOUNT';
afterEach(() => delete process.env[VARIABLE]);

test('accounts, certificates, the repository and the second region\'s key come as context or as variables', () => {
  process.env[VARIABLE] = '222233334444';
  const certificate = 'arn:aws:acm:us-east-1:999988887777:certificate/1';
  const context = { productionAccount: '999988887777', productionEdgeCertificate: certificate, productionRecoveryKey: RECOVERY_KEY, githubRepository: 'acme/shop' };
  const lookup = lookupIn(new App({ context }));
  const [staging, production] = environments(lookup);
  assert.deepEqual([staging?.account, production?.account], ['222233334444', '999988887777']);
  assert.equal(production?.certificates.edge, certificate);
  assert.equal(production?.database.backupCopy?.keyArn, RECOVERY_KEY);
  assert.deepEqual(delivery(lookup), { ...delivery(lookup), account: '999988887777', repository: 'acme/shop' });
});

test('nothing that is committed is somebody\'s', () => {
  for (const environment of environments(() => undefined)) {
    assert.equal(environment.account, '111122223333');
    for (const name of [environment.domain, environment.integratorsDomain ?? environment.domain]) assert.match(name, /\.example\.com$/);
    for (const address of [environment.budget.email, environment.alarms.page, environment.alarms.ticket]) assert.match(address, /@example\.com$/);
  }
});

test('production stands on more than one of everything', () => {
  const production = environments(() => undefined).find(({ name }) => name === 'production')!;
  assert.ok(production.database.readReplicas >= 2 && (production.cache?.replicas ?? 0) >= 1 && (production.openSearch?.nodes ?? 0) % 3 === 0);
  for (const size of [production.services.default, ...Object.values(production.services)]) {
    assert.ok((size.tasksMin ?? production.services.default.tasksMin) >= 3, 'one task in each zone');
  }
  assert.equal(production.network.natGateways, 3);
});
