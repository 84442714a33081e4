// Starts each program with the variables of its task, as the templates have them, and looks whether it takes them:
//
//   npm run try:settings -- FOLDER     FOLDER holds the programs, as target/debug does after `cargo build`
//
// There is no database, no Redis and no AWS: a program that takes its settings serves all the same and says so, one that
// does not ends with the name of the variable. Secrets get values of the form that the README asks for. Addresses are
// those of this machine. Exit 1 when a program does not serve.

import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { buildApp } from '../lib/app.ts';

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';
/** How long a program may take until it serves. */
const LIMIT_MS = 60_000;

/** What the secrets look like, by the end of the variable's name. */
const SECRETS: Readonly<Record<string, string>> = {
  PGPASSWORD: 'password',
  DB__OTHER_PASSWORD: '',
  PGSSLROOTCERT: '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
  REDIS__URL: `rediss://:password@${NOWHERE}`,
  JWT__SIGNING_KEY: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  PASSWORD__PEPPER: 'p'.repeat(48),
  PASSWORD__PEPPER_PREVIOUS: '',
  ORDER_TOKEN__KEY: '0123456789abcdef'.repeat(4),
  ORDER_TOKEN__KEY_PREVIOUS: '',
  MAIL__SMTP_URL: 'smtps://user:password@mail.example.com:465',
  PAYMENT__SECRET_KEY: 'sk_live_1',
  PAYMENT__PUBLISHABLE_KEY: 'pk_live_1',
  PAYMENT__WEBHOOK_SECRET: 'whsec_1',
  PAYMENT__WEBHOOK_SECRET_PREVIOUS: '',
  OPENSEARCH__USERNAME: 'techmart',
  OPENSEARCH__PASSWORD: 'password',
};

interface Variable {
  readonly Name: string;
  readonly Value?: unknown;
}

const secretOf = ({ Name }: Variable): string => {
  const known = Object.keys(SECRETS).find((end) => Name === end || Name.endsWith(`__${end}`));
  if (known === undefined) throw new Error(`no value for ${Name} in scripts/try-settings.ts`);
  return SECRETS[known] ?? '';
};

/** A value of the template, with this machine for the addresses that are known only after a deployment. */
function valueOf({ Name, Value }: Variable): string {
  if (Name.endsWith('HTTP__ADDRESS') || Name.endsWith('HTTP__OPS_ADDRESS')) return '127.0.0.1:0';
  if (typeof Value === 'string') return Value;
  const parts = (Value as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join']?.[1];
  if (parts === undefined) throw new Error(`${Name} is ${JSON.stringify(Value)}`);
  return parts.map((part) => (typeof part === 'string' ? part.replace(/^:5432/, '') : NOWHERE)).join('');
}

function variablesOf(stack: Stack): Record<string, string> {
  const definition = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'))[0];
  const [app] = definition?.['Properties'].ContainerDefinitions as [{ Environment: Variable[]; Secrets: Variable[] }];
  return Object.fromEntries([
    ...app.Environment.map((variable) => [variable.Name, valueOf(variable)]),
    ...app.Secrets.map((variable) => [variable.Name, secretOf(variable)]),
  ]) as Record<string, string>;
}

/** What the program complains about; nothing when it serves. */
async function complaint(program: string, env: Record<string, string>): Promise<string | undefined> {
  const child = spawn(program, [], { env: { ...env, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  try {
    return await new Promise((resolve) => {
      const hear = (text: Buffer): void => {
        said += text.toString();
        if (said.includes('"message":"serving"')) resolve(undefined);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('error', (error) => resolve(error.message));
      child.on('exit', (code) => resolve(`exit ${code}: ${said}`));
      setTimeout(() => resolve(`does not serve: ${said}`), LIMIT_MS).unref();
    });
  } finally {
    child.kill('SIGKILL');
  }
}

const given = process.argv[2];
if (given === undefined) {
  console.error('usage: npm run try:settings -- FOLDER');
  process.exit(2);
}
// npm changes the folder before it runs anything.
const folder = resolve(process.env['INIT_CWD'] ?? '.', given);
let failed = 0;
let passed = 0;
const outdir = mkdtempSync(join(tmpdir(), 'techmart-aws-'));
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }));
for (const { services } of buildApp(new App({ outdir })).shops) {
  for (const stack of services) {
    const unit = stack.stackName.split('-service-')[1] ?? '';
    const wrong = await complaint(join(folder, unit === 'techmart' ? unit : `techmart-${unit}`), variablesOf(stack));
    if (wrong === undefined) passed += 1;
    else {
      failed += 1;
      console.error(`${stack.stackName}: ${wrong.slice(0, 2_000)}`);
    }
  }
}
console.log(`settings: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
