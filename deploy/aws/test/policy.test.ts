// cdk-nag has nothing to say that nobody has answered, and every answer is still needed and has a reason.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { environments } from '../config/environments.ts';
import type { Environment } from '../config/types.ts';
import { buildApp, lookupIn } from '../lib/app.ts';
import { ACKNOWLEDGED, type Acknowledged } from '../lib/policy-acknowledged.ts';
import { findingIn, stacksOf } from '../lib/policy.ts';
import { scratch, turnedOn } from './support.ts';

/** A finding: stack and rule. */
interface Finding {
  readonly stack: string;
  readonly rule: string;
}

/** What a synthesis without any answer finds. */
function findingsOf(all: (environments: Environment[]) => Environment[]): { app: App; found: Finding[] } {
  const outdir = scratch();
  const app = new App({ outdir });
  buildApp(app, all(environments(lookupIn(app))));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { exitCode } = process;
  // It prints every finding.
  const muted = [mock.method(console, 'error', () => undefined), mock.method(console, 'log', () => undefined)];
  try {
    app.synth();
  } catch (error) {
    // A finding stops it after the report is written; here it is the assertion that speaks.
    if (!(error instanceof Error && error.message.includes('validation-report.json'))) throw error;
  }
  for (const one of muted) one.mock.restore();
  process.exitCode = exitCode;
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  const found = report.pluginReports.flatMap(({ violations }) =>
    violations
      .filter(({ ruleName }) => ruleName.startsWith('AwsSolutions'))
      .flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath = '' }) => ({ stack: constructPath.split('/')[0] ?? '', rule: ruleName })),
      ),
  );
  return { app, found };
}

/** The findings that an answer speaks of. */
const answeredBy = (answer: Acknowledged, app: App, found: readonly Finding[]): Finding[] =>
  stacksOf(app)
    .filter(({ stackName }) => answer.stacks.test(stackName))
    .flatMap((stack) => found.filter((finding) => finding.stack === stack.stackName && finding.rule === findingIn(stack, answer)));

/** The findings that nobody speaks of. `npm run synth` stops at them. */
function unanswered(app: App, found: readonly Finding[]): Finding[] {
  const answered = new Set(ACKNOWLEDGED.flatMap((answer) => answeredBy(answer, app, found)));
  return found.filter((finding) => !answered.has(finding));
}

interface Report {
  readonly pluginReports: {
    readonly violations: { readonly ruleName: string; readonly violatingConstructs: { readonly constructPath?: string }[] }[];
  }[];
}

const plain = findingsOf((all) => all);

test('no finding is unanswered', () => {
  assert.ok(plain.found.length > 0, 'the rules were asked');
  assert.deepEqual(unanswered(plain.app, plain.found), []);
});

test('nor is one with every switch turned', () => {
  const turned = findingsOf((all) => all.filter(({ name }) => name === 'production').map(turnedOn));
  assert.deepEqual(unanswered(turned.app, turned.found), []);
});

test('every answer is needed and has a reason', () => {
  for (const answer of ACKNOWLEDGED) {
    assert.ok(answer.reason.length > 20, answer.id);
    const needed = answeredBy(answer, plain.app, plain.found).length > 0;
    assert.ok(needed, `${answer.id} in ${answer.stacks} has nothing to answer`);
  }
});
