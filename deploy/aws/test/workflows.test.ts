// The workflows call the scripts in the order that makes them safe, and as docs/DELIVERY.md tells it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readText } from '../lib/repository.ts';

/** The steps of a job, each as it stands in the file. */
function stepsOf(workflow: string, job: string): string[] {
  const [, after = ''] = readText(`.github/workflows/${workflow}.yml`).split(new RegExp(`^ {2}${job}:\\n`, 'm'));
  const [own = ''] = after.split(/^ {2}\w/m);
  return own.split(/^ {6}- /m).slice(1);
}

/** The scripts that a job calls, with the arguments that say what they do. */
const scriptsOf = (workflow: string, job: string): string[] =>
  stepsOf(workflow, job).flatMap((step) =>
    [...step.matchAll(/^.*\bdeploy\/(?:pipeline|aws\/scripts)\/([\w-]+\.sh)\b(.*)$/gm)].map(([, script = '', rest = '']) =>
      [script, ...(rest.match(/\b(verify|sign|current|record|foundation|services|surroundings|check|expand|contract)\b(?!\.)/g) ?? [])].join(' '),
    ),
  );

const FIRST = ['registry-login.sh', 'sign-images.sh verify', 'release.sh current', 'preview.sh', 'deploy.sh foundation'];
const LAST = ['await-running.sh', 'deploy.sh surroundings', 'publish-pages.sh', 'smoke.sh', 'release.sh record', 'go-back.sh'];

test('staging: nothing unsigned, nothing before its migrations, on record only after a look from outside', () => {
  assert.deepEqual(scriptsOf('deploy', 'staging'), [...FIRST, 'migrate.sh expand', 'deploy.sh services', ...LAST]);
});

test('production: the same, by way of the pipeline, and only where migrations add', () => {
  assert.deepEqual(scriptsOf('deploy', 'production'), [...FIRST, 'migrate.sh check', 'bundle-release.sh', 'promote.sh', ...LAST]);
  assert.match(readText('.github/workflows/deploy.yml'), /^ {2}production:\n {4}name: production\n {4}needs: staging\n/m);
  assert.match(readText('.github/workflows/deploy.yml'), /^ {2}staging:\n {4}name: staging\n {4}needs: \[test, images, parts\]\n/m);
});

test('a step that fails ends the job; going back alone runs then, and only once services were touched', () => {
  for (const [job, touched] of [['staging', 'services'], ['production', 'running']] as const) {
    const conditional = stepsOf('deploy', job).filter((step) => /^ +(if|continue-on-error):/m.test(step));
    assert.equal(conditional.length, 1, job);
    assert.match(conditional[0] ?? '', new RegExp(`if: failure\\(\\) && steps\\.${touched}\\.outcome != 'skipped'\\n.*go-back\\.sh`), job);
  }
});

test('each job works in the environment of its name, one run at a time', () => {
  for (const job of ['staging', 'production']) {
    const [, after = ''] = readText('.github/workflows/deploy.yml').split(new RegExp(`^ {2}${job}:\\n`, 'm'));
    assert.match(after, new RegExp(`^ {4}environment:\\n {6}name: ${job}\\n`, 'm'));
    assert.match(after, new RegExp(`^ {4}concurrency:\\n {6}group: environment-${job}\\n {6}cancel-in-progress: false\\n`, 'm'));
    assert.match(after, new RegExp(`^ {6}ENVIRONMENT: ${job}\\n`, 'm'));
  }
});

test('images are joined, scanned and only then signed, by whoever runs on main', () => {
  assert.deepEqual(scriptsOf('images', 'release'), ['registry-login.sh', 'join-images.sh', 'scan-images.sh', 'sign-images.sh sign']);
  for (const job of ['staging', 'production']) {
    const verify = stepsOf('deploy', job).find((step) => step.includes('sign-images.sh verify')) ?? '';
    assert.match(verify, /SIGNER: \$\{\{ github\.server_url \}\}\/\$\{\{ github\.repository \}\}\/\.github\/workflows\/images\.yml@\$\{\{ github\.ref \}\}/);
  }
  assert.match(readText('.github/workflows/deploy.yml'), /^on:\n {2}push:\n {4}branches: \[main\]\n\n/m);
  // A pull request builds without any right.
  assert.doesNotMatch(stepsOf('images', 'try').join(''), /role-to-assume|registry-login/);
});

test('what takes something away is looked at first, by a person, on main', () => {
  assert.deepEqual(scriptsOf('contract-migrations', 'look'), ['migrate.sh check']);
  assert.deepEqual(scriptsOf('contract-migrations', 'apply'), ['migrate.sh contract', 'smoke.sh']);
  const workflow = readText('.github/workflows/contract-migrations.yml');
  assert.match(workflow, /^ {4}if: github\.ref == 'refs\/heads\/main' && inputs\.confirm == inputs\.environment\n/m);
  assert.match(workflow, /^ {4}needs: look\n/m);
});

test('the steps of staging are those that docs/DELIVERY.md lists', () => {
  const [, table = ''] = /\| step of staging \|.*\n([^]*?)\n\n/.exec(readText('docs/DELIVERY.md')) ?? [];
  const listed = [...table.matchAll(/^\|[^|]*\| `([\w-]+\.sh)(?: … (\w+)| (\w+))?`/gm)].map(([, script, part, action]) => [script, part ?? action].filter(Boolean).join(' '));
  assert.deepEqual(listed, scriptsOf('deploy', 'staging').filter((script) => !/^(registry-login|go-back)/.test(script)));
});
