// Synthesizes all stacks, and stops at a finding of cdk-nag: `npm run synth`, or `npx cdk` with `cdk.json`.

import { App } from 'aws-cdk-lib';
import { buildApp } from '../lib/app.ts';
import { checkPolicies } from '../lib/policy.ts';

const app = new App();
buildApp(app);
checkPolicies(app);
app.synth();
