// AWS's own rules of good practice (cdk-nag), and where we know better. Every acknowledgement says why.

import { Stack, Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ACKNOWLEDGED, type Acknowledged } from './policy-acknowledged.ts';

/** Makes synthesis fail on a finding that nobody has acknowledged. */
export function checkPolicies(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  for (const stack of stacksOf(app)) {
    for (const answer of ACKNOWLEDGED.filter(({ stacks }) => stacks.test(stack.stackName))) {
      Validations.of(stack).acknowledge({ id: findingIn(stack, answer), reason: answer.reason });
    }
  }
}

/** The finding as it is called in a stack. */
export const findingIn = (stack: Stack, { id }: Acknowledged): string =>
  id
    .replaceAll('{env}', stack.stackName.split('-')[1] ?? '')
    .replaceAll('{account}', stack.account)
    .replaceAll('{region}', stack.region);

/** Every stack of the app. */
export const stacksOf = (app: App): Stack[] => app.node.children.filter((child) => child instanceof Stack);
