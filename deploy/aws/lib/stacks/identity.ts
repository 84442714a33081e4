// GitHub as a provider of identities, once in each account.

import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AUDIENCE, GITHUB_ISSUER_URL } from '../delivery/github.ts';
import { DeliveryStack } from '../delivery/stack.ts';

export class IdentityStack extends DeliveryStack {
  constructor(scope: Construct, place: { readonly account: string; readonly region: string }) {
    super(scope, `identity-${place.account}`, place);
    new iam.OidcProviderNative(this, 'GitHub', { url: GITHUB_ISSUER_URL, clientIds: [AUDIENCE] });
  }
}
