// cdk-nag has nothing to say that nobody has answered, and every answer is still needed and has a reason.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { environments } from '../config/environments.ts';
import type { ShoppersRoute } from '../config/types.ts';
import { buildApp, lookupIn } from '../lib/app.ts';
import { ACKNOWLEDGED } from '../lib/policy-acknowledged.ts';
import { checkPolicies, findingIn, stacksOf } from '../lib/policy.ts';

const scratch = mkdtempSync(join(tmpdir(), 'techmart-policy-'));
after(() => rmSync(scratch, { recursive: true }));

/** The findings of a synthesis: stack and rule. */
function findings(name: string, acknowledge: boolean, shoppers?: ShoppersRoute): { app: App; found: { stack: string; rule: string }[] } {
  const outdir = join(scratch, name);
  const app = new App({ outdir });
  const all = environments(lookupIn(app));
  buildApp(app, shoppers === undefined ? all : all.map((environment) => ({ ...environment, shoppers })));
  if (acknowledge) checkPolicies(app);
  else Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const exitCode = process.exitCode;
  try {
    app.synth();
  } catch (error) {
    // A finding stops it after the report is written; here it is the assertion that speaks.
    if (!(error instanceof Error && error.message.includes('validation-report.json'))) throw error;
  }
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

interface Report {
  readonly pluginReports: {
    readonly violations: { readonly ruleName: string; readonly violatingConstructs: { readonly constructPath?: string }[] }[];
  }[];
}

test('no finding is unanswered', () => {
  assert.deepEqual(findings('answered', true).found, []);
});

test('nor is one with the switch turned', () => {
  assert.deepEqual(findings('switched', true, 'rest-api').found, []);
});

test('every answer is needed and has a reason', () => {
  const { app, found } = findings('all', false);
  for (const answer of ACKNOWLEDGED) {
    assert.ok(answer.reason.length > 20, answer.id);
    const answered = stacksOf(app)
      .filter(({ stackName }) => answer.stacks.test(stackName))
      .some((stack) => found.some(({ stack: name, rule }) => name === stack.stackName && rule === findingIn(stack, answer)));
    assert.ok(answered, `${answer.id} in ${answer.stacks} has nothing to answer`);
  }
});
