// Roles that GitHub's workflows take on: one repository, one environment of it, no keys.

import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

const ISSUER = 'token.actions.githubusercontent.com';

/** The provider in an account; it can be there once. */
const githubProviderArn = (account: string): string => `arn:aws:iam::${account}:oidc-provider/${ISSUER}`;

/** The address of GitHub's tokens. */
export const GITHUB_ISSUER_URL = `https://${ISSUER}`;
/** For whom the tokens are. */
export const AUDIENCE = 'sts.amazonaws.com';

export interface GithubRoleProps {
  readonly roleName: string;
  readonly account: string;
  /** `owner/name`. */
  readonly repository: string;
  /** The environment at GitHub, whose rules (reviewers, branches) then guard the role. */
  readonly environment: string;
  readonly statements: readonly iam.PolicyStatement[];
}

export function githubRole(scope: Construct, id: string, props: GithubRoleProps): iam.Role {
  const role = new iam.Role(scope, id, {
    roleName: props.roleName,
    description: `Workflows of ${props.repository} in the environment ${props.environment}`,
    maxSessionDuration: Duration.hours(2),
    assumedBy: new iam.WebIdentityPrincipal(githubProviderArn(props.account), {
      StringEquals: {
        [`${ISSUER}:aud`]: AUDIENCE,
        [`${ISSUER}:sub`]: `repo:${props.repository}:environment:${props.environment}`,
      },
    }),
  });
  for (const statement of props.statements) role.addToPolicy(statement);
  return role;
}
