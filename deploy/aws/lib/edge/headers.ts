// Headers at the edge, from `deploy/headers.toml`: the same as the gateway's.

import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { PAYMENT_ORIGINS } from '../../config/defaults.ts';
import { readToml } from '../repository.ts';

interface HeadersFile {
  readonly stripped: string[];
  readonly page: { readonly name: string; readonly value: string }[];
}

/** Headers that only the edge may set, in small letters. */
export const strippedHeaders = (): string[] =>
  readToml<HeadersFile>('deploy/headers.toml').stripped.map((name) => name.toLowerCase());

/** The security headers of pages. The build writes no script into `index.html`, so there is none to allow. */
export function pageHeaders(): Record<string, string> {
  const payment = PAYMENT_ORIGINS.map((origin) => ` ${origin}`).join('');
  return Object.fromEntries(
    readToml<HeadersFile>('deploy/headers.toml').page.map(({ name, value }) => [
      name,
      value.replaceAll('{payment}', payment).replaceAll('{inline}', ''),
    ]),
  );
}

/** The headers as CloudFront takes them: those that it has a field for, and the others by name. */
export function policyOf(headers: Record<string, string>): cloudfront.ResponseHeadersPolicyProps {
  const {
    'Content-Security-Policy': contentSecurityPolicy = '',
    // These two have one value each in CloudFront; the test compares it with the file.
    'X-Content-Type-Options': _nosniff,
    'X-Frame-Options': _deny,
    'Referrer-Policy': referrerPolicy = '',
    ...others
  } = headers;
  return {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: referrerPolicy as cloudfront.HeadersReferrerPolicy, override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override: true })),
    },
  };
}
