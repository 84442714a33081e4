// Secrets, and who gets which. Values are never in a template: they are made by Secrets Manager or put there by hand.

import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';

export interface ShopSecretsProps {
  readonly key: IKey;
  /** `techmart/production`. */
  readonly prefix: string;
  /** The services whose database roles need a password. */
  readonly roles: readonly string[];
}

/** Everything secret that the services are given. */
export class ShopSecrets extends Construct {
  /** For each service's database role a JSON object with `password` and `other`. */
  readonly roles: Readonly<Record<string, secrets.Secret>>;
  /** Signs guests' order tokens: a JSON object with `key`, 64 hexadecimal digits shared by checkout and orders, and `previous`. */
  readonly orderTokenKey: secrets.Secret;
  /** Goes into every password hash: a JSON object with `pepper` and `previous`. */
  readonly passwordPepper: secrets.Secret;
  /** Ed25519, PKCS#8 PEM; put there by hand (`techmart-auth key generate`). */
  readonly jwtSigningKey: secrets.Secret;
  /** A JSON object with `secret_key`, `publishable_key`, `webhook_secret`, `webhook_secret_previous`; put there by hand. */
  readonly payment: secrets.Secret;
  /** Address of the mail server with its password; put there by hand. */
  readonly smtpUrl: secrets.Secret;

  constructor(scope: Construct, id: string, props: ShopSecretsProps) {
    super(scope, id);
    const secret = (name: string, description: string, make: secrets.SecretStringGenerator): secrets.Secret =>
      new secrets.Secret(this, name.replaceAll('/', '-'), {
        secretName: `${props.prefix}/${name}`,
        description,
        encryptionKey: props.key,
        generateSecretString: make,
        removalPolicy: RemovalPolicy.RETAIN,
      });
    const plain: secrets.SecretStringGenerator = { passwordLength: 48, excludePunctuation: true };
    // Until somebody puts the real one there, the service says at its start what is wrong with it.
    const byHand = (keys: string[], empty: string[] = []): secrets.SecretStringGenerator => ({
      secretStringTemplate: JSON.stringify(
        Object.fromEntries([...keys.map((key) => [key, 'to be put here by hand']), ...empty.map((key) => [key, ''])]),
      ),
      generateStringKey: 'unused',
      passwordLength: 16,
    });
    this.roles = Object.fromEntries(
      props.roles.map((role) => [
        role,
        secret(`db/${role}`, `Password of techmart_${role}, in \`password\``, {
          ...plain,
          // Empty but while the password changes: then tasks know both.
          secretStringTemplate: JSON.stringify({ other: '' }),
          generateStringKey: 'password',
        }),
      ]),
    );
    // Empty but while the secret is rotated: then two are good at once.
    const withPrevious = (name: string): secrets.SecretStringGenerator => ({
      secretStringTemplate: JSON.stringify({ previous: '' }),
      generateStringKey: name,
    });
    this.orderTokenKey = secret('order-token-key', 'Signs the tokens of guests, in `key`', {
      ...withPrevious('key'),
      passwordLength: 64,
      // What is left are hexadecimal digits.
      excludeCharacters: 'ghijklmnopqrstuvwxyz',
      excludeUppercase: true,
      excludePunctuation: true,
      requireEachIncludedType: false,
    });
    this.passwordPepper = secret('password-pepper', 'Goes into every password hash, in `pepper`', { ...plain, ...withPrevious('pepper') });
    this.jwtSigningKey = secret('jwt-signing-key', 'Signs access tokens, PKCS#8 PEM in `pem`', byHand(['pem']));
    this.payment = secret('payment', 'Keys of the payment provider', byHand(['secret_key', 'publishable_key', 'webhook_secret'], ['webhook_secret_previous']));
    this.smtpUrl = secret('smtp', 'Mail server, smtps://user:password@host:port in `url`', byHand(['url']));
  }
}

/** The name of the parameter with the certificates that sign RDS's own, PEM; put there by hand, for AWS renews them. */
const databaseCaParameter = (environment: string): string => `/techmart/${environment}/rds-ca`;

/** The certificates against which the services check the database's. */
export const databaseCa = (scope: Construct, environment: string): ssm.IStringParameter =>
  ssm.StringParameter.fromStringParameterAttributes(scope, 'DatabaseCa', {
    parameterName: databaseCaParameter(environment),
    simpleName: false,
  });
