// CloudFront, its firewall and the REST APIs: closed where they must be, limited, and with the headers of the one file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { apiFunction, PAGES_FUNCTION, TRACE_HEADERS, VIEWER_ADDRESS } from '../lib/edge/functions.ts';
import { pageHeaders, strippedHeaders } from '../lib/edge/headers.ts';
import { loadRoutingTable } from '../lib/routing/table.ts';
import { everything, only, propertiesOf, resources, shopOf, switched } from './support.ts';

const production = shopOf(everything, 'production');
const { edge } = production;
const integrators = production.apis.find(({ stackName }) => stackName.endsWith('-integrators'))!;
const shoppers = shopOf(switched, 'production').apis.find(({ stackName }) => stackName.endsWith('-shoppers'))!;
const distribution = only(edge, 'AWS::CloudFront::Distribution')['DistributionConfig'] as Record<string, any>;

/** What a function of the edge makes of a request. */
function asked(code: string, uri: string, headers: Record<string, string> = {}): { uri: string; headers: Record<string, { value: string }> } {
  const request = { uri, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])) };
  const event = JSON.stringify({ request, viewer: { ip: '198.51.100.7' } });
  return JSON.parse(runInNewContext(`${code}; JSON.stringify(handler(${event}))`) as string);
}

test('pages: only this distribution reads the bucket, and it signs', () => {
  const origin = distribution['Origins'].find(({ Id }: { Id: string }) => Id === distribution['DefaultCacheBehavior'].TargetOriginId);
  assert.ok(origin.OriginAccessControlId !== undefined);
  const control = only(edge, 'AWS::CloudFront::OriginAccessControl')['OriginAccessControlConfig'];
  assert.deepEqual([control.OriginAccessControlOriginType, control.SigningBehavior, control.SigningProtocol], ['s3', 'always', 'sigv4']);
  const allowed = only(edge, 'AWS::S3::BucketPolicy')['PolicyDocument'].Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
  for (const statement of allowed) {
    assert.deepEqual(statement.Principal, { Service: 'cloudfront.amazonaws.com' });
    assert.match(JSON.stringify(statement.Condition), /AWS:SourceArn/);
    assert.deepEqual([statement.Action].flat().sort(), ['s3:GetObject', 's3:ListBucket']);
  }
});

test('TLS of our time, HTTPS alone, and a firewall in front', () => {
  assert.equal(distribution['ViewerCertificate'].MinimumProtocolVersion, 'TLSv1.2_2021');
  assert.ok(distribution['WebACLId'] !== undefined);
  assert.equal(distribution['DefaultCacheBehavior'].ViewerProtocolPolicy, 'redirect-to-https');
  for (const behavior of distribution['CacheBehaviors']) assert.equal(behavior.ViewerProtocolPolicy, 'https-only');
  const listener = only(production.platform, 'AWS::ElasticLoadBalancingV2::Listener');
  assert.deepEqual([listener['Protocol'], listener['Port']], ['HTTPS', 443]);
  assert.match(listener['SslPolicy'], /TLS13-1-2/);
  assert.equal(listener['DefaultActions'][0].FixedResponseConfig.StatusCode, '404');
});

test('shoppers reach the load balancer without a public address', () => {
  assert.equal(resources(edge, 'AWS::CloudFront::VpcOrigin').length, 1);
  const endpoint = only(edge, 'AWS::CloudFront::VpcOrigin')['VpcOriginEndpointConfig'];
  assert.deepEqual([endpoint.OriginProtocolPolicy, endpoint.OriginSSLProtocols], ['https-only', ['TLSv1.2']]);
});

test('the edge waits longer than the slowest route, and lets go of a connection first', () => {
  const origin = distribution['Origins'].find(({ VpcOriginConfig }: { VpcOriginConfig?: unknown }) => VpcOriginConfig !== undefined);
  const slowest = Math.max(...loadRoutingTable().routes.map(({ timeout_ms }) => timeout_ms));
  assert.ok(origin.VpcOriginConfig.OriginReadTimeout * 1000 > slowest);
  const attributes = only(production.platform, 'AWS::ElasticLoadBalancingV2::LoadBalancer')['LoadBalancerAttributes'] as { Key: string; Value: string }[];
  const attribute = (key: string): string | undefined => attributes.find(({ Key }) => Key === key)?.Value;
  assert.ok(origin.VpcOriginConfig.OriginKeepaliveTimeout < Number(attribute('idle_timeout.timeout_seconds')));
  assert.equal(attribute('routing.http.xff_header_processing.mode'), 'preserve', 'services count by the address that the edge wrote');
  assert.equal(attribute('routing.http.drop_invalid_header_fields.enabled'), 'true');
  assert.equal(attribute('deletion_protection.enabled'), 'true');
});

test('pages carry the headers of the file', () => {
  const config = only(edge, 'AWS::CloudFront::ResponseHeadersPolicy')['ResponseHeadersPolicyConfig'];
  const security = config.SecurityHeadersConfig;
  const others = config.CustomHeadersConfig.Items.map(({ Header, Value }: { Header: string; Value: string }) => [Header, Value]);
  const sent = {
    'Content-Security-Policy': security.ContentSecurityPolicy.ContentSecurityPolicy,
    'Referrer-Policy': security.ReferrerPolicy.ReferrerPolicy,
    'X-Frame-Options': security.FrameOptions.FrameOption,
    // CloudFront knows one value of it.
    'X-Content-Type-Options': security.ContentTypeOptions.Override ? 'nosniff' : '',
    ...Object.fromEntries(others),
  };
  assert.deepEqual(sent, pageHeaders());
  assert.doesNotMatch(sent['Content-Security-Policy'], /[{}]|unsafe/);
  assert.ok(security.StrictTransportSecurity.AccessControlMaxAgeSec >= 31_536_000);
});

/** The code of the function that a behaviour runs on each request. */
function functionOf(behavior: Record<string, any>): string {
  const [association, ...others] = behavior['FunctionAssociations'] ?? [];
  assert.ok(others.length === 0 && association?.EventType === 'viewer-request', JSON.stringify(behavior['PathPattern'] ?? 'pages'));
  const [, { Properties }] = resources(edge, 'AWS::CloudFront::Function').find(([id]) => id === association.FunctionARN['Fn::GetAtt'][0])!;
  return Properties?.['FunctionCode'];
}

test('every request runs through the function that is made for it', () => {
  assert.equal(functionOf(distribution['DefaultCacheBehavior']), PAGES_FUNCTION);
  for (const behavior of distribution['CacheBehaviors']) assert.equal(functionOf(behavior), apiFunction());
});

test('the API is handed on whole: headers, cookies, query; pages are sent with their headers', () => {
  const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
  for (const behavior of distribution['CacheBehaviors']) assert.equal(behavior.OriginRequestPolicyId, ALL_VIEWER, behavior.PathPattern);
  const [[headers] = ['']] = resources(edge, 'AWS::CloudFront::ResponseHeadersPolicy');
  assert.deepEqual(distribution['DefaultCacheBehavior'].ResponseHeadersPolicyId, { Ref: headers });
  assert.equal(distribution['Logging'].IncludeCookies, false, 'a cookie is a session');
});

test('pages: whatever has no file name is the application', () => {
  for (const [path, file] of [['/', '/index.html'], ['/product/prd_1', '/index.html'], ['/admin/', '/index.html'], ['/assets/a.js', '/assets/a.js']] as const) {
    assert.equal(asked(PAGES_FUNCTION, path).uri, file, path);
  }
});

test('the API is told the address by the edge, and nothing that only the edge may say', () => {
  const lies = Object.fromEntries([...strippedHeaders(), ...TRACE_HEADERS, VIEWER_ADDRESS].map((name) => [name, 'a lie']));
  const { headers, uri } = asked(apiFunction(), '/api/v1/products', { ...lies, accept: 'application/json', 'cart-token': 'mine' });
  assert.equal(uri, '/api/v1/products');
  assert.deepEqual(headers, {
    accept: { value: 'application/json' },
    'cart-token': { value: 'mine' },
    [VIEWER_ADDRESS]: { value: '198.51.100.7' },
  });
});

test('pictures are kept by path and query, whoever asks, and no longer than the service says', () => {
  const { MinTTL, DefaultTTL, ParametersInCacheKeyAndForwardedToOrigin: key } = only(edge, 'AWS::CloudFront::CachePolicy')['CachePolicyConfig'];
  assert.deepEqual([MinTTL, DefaultTTL], [0, 0]);
  assert.deepEqual(
    [key.CookiesConfig.CookieBehavior, key.HeadersConfig.HeaderBehavior, key.QueryStringsConfig.QueryStringBehavior],
    ['none', 'none', 'all'],
  );
});

test('the firewall: AWS\'s lists, and a rate by address for each class of the table, answered with 429', () => {
  const acl = only(production.firewall, 'AWS::WAFv2::WebACL');
  assert.equal(acl['Scope'], 'CLOUDFRONT');
  const rules = acl['Rules'] as Record<string, any>[];
  const managed = rules.filter(({ Statement }) => Statement.ManagedRuleGroupStatement).map(({ Name }) => Name);
  assert.deepEqual(managed, ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesCommonRuleSet']);
  for (const { Name, OverrideAction, Statement } of rules.filter((rule) => managed.includes(rule['Name']))) {
    assert.deepEqual(OverrideAction, { None: {} }, `${Name} refuses`);
    const counted = (Statement.ManagedRuleGroupStatement.RuleActionOverrides ?? []).map((override: { Name: string }) => override.Name);
    assert.deepEqual(counted, Name === 'AWSManagedRulesCommonRuleSet' ? ['SizeRestrictions_BODY'] : [], `${Name}: what only counts`);
  }
  const { rateClasses } = loadRoutingTable();
  for (const { name, per_minute, burst } of rateClasses) {
    const rule = rules.find(({ Name }) => Name === `rate-${name}`);
    assert.equal(rule?.['Statement'].RateBasedStatement.Limit, per_minute + burst, name);
    assert.equal(rule?.['Statement'].RateBasedStatement.EvaluationWindowSec, 60, name);
    assert.equal(rule?.['Statement'].RateBasedStatement.AggregateKeyType, 'IP', name);
    assert.equal(rule?.['Action'].Block.CustomResponse.ResponseCode, 429, name);
  }
  const ceiling = rules.find(({ Name }) => Name === 'rate-ceiling');
  assert.equal(ceiling?.['Statement'].RateBasedStatement.ScopeDownStatement, undefined, 'of everything');
  assert.equal(ceiling?.['Statement'].RateBasedStatement.Limit, Math.max(...rateClasses.map(({ per_minute }) => per_minute)));
  assert.equal(ceiling?.['Action'].Block.CustomResponse.ResponseCode, 429);
  assert.equal(new Set(rules.map(({ Priority }) => Priority)).size, rules.length);
});

test('behind CloudFront nobody is counted by address: they are all CloudFront\'s', () => {
  const rulesOf = (stack: typeof shoppers): string[] => only(stack, 'AWS::WAFv2::WebACL')['Rules'].map(({ Name }: { Name: string }) => Name);
  assert.deepEqual(rulesOf(shoppers).filter((name) => name.startsWith('rate-')), []);
  assert.ok(rulesOf(integrators).includes('rate-ceiling'));
});

test('what the firewall writes down names no token', () => {
  for (const stack of [production.firewall, integrators]) {
    const redacted = only(stack, 'AWS::WAFv2::LoggingConfiguration')['RedactedFields'] as { SingleHeader: { Name: string } }[];
    assert.deepEqual(redacted.map(({ SingleHeader }) => SingleHeader.Name), ['authorization', 'cookie', 'cart-token', 'order-token']);
  }
});

test('integrators: a key each, held to its plan', () => {
  const plans = propertiesOf(integrators, 'AWS::ApiGateway::UsagePlan');
  assert.deepEqual(
    plans.map(({ Throttle, Quota }) => [Throttle.RateLimit, Throttle.BurstLimit, Quota.Limit, Quota.Period]),
    production.environment.integrators.map(({ requestsPerSecond, burst, requestsPerMonth }) => [requestsPerSecond, burst, requestsPerMonth, 'MONTH']),
  );
  assert.equal(resources(integrators, 'AWS::ApiGateway::ApiKey').length, plans.length);
  assert.equal(resources(integrators, 'AWS::ApiGateway::UsagePlanKey').length, plans.length);
});

test('a REST API is throttled as a whole, logged, behind its firewall, and asks for parameters', () => {
  for (const stack of [integrators, shoppers]) {
    const stage = only(stack, 'AWS::ApiGateway::Stage');
    const [settings] = stage['MethodSettings'];
    assert.ok(settings.ThrottlingRateLimit > 0 && settings.ThrottlingBurstLimit > 0);
    assert.deepEqual([settings.ResourcePath, settings.HttpMethod, settings.DataTraceEnabled], ['/*', '*', false]);
    assert.doesNotMatch(stage['AccessLogSetting'].Format, /header|querystring|body/i);
    assert.match(JSON.stringify(only(stack, 'AWS::WAFv2::WebACLAssociation')['ResourceArn']), /\/stages\/",\{"Ref":"Stage"\}/);
    assert.equal(only(stack, 'AWS::ApiGateway::RequestValidator')['ValidateRequestParameters'], true);
    const validator = resources(stack, 'AWS::ApiGateway::RequestValidator')[0]?.[0];
    for (const method of propertiesOf(stack, 'AWS::ApiGateway::Method')) assert.deepEqual(method['RequestValidatorId'], { Ref: validator });
    assert.equal(only(stack, 'AWS::ApiGateway::GatewayResponse')['StatusCode'], '404');
    const link = only(stack, 'AWS::ApiGatewayV2::VpcLink');
    assert.equal(link['SubnetIds'].length, 3);
    assert.equal(link['SecurityGroupIds'].length, 1);
  }
});

test('the address that AWS gives an API is closed to integrators, and wants a key of shoppers\' edge', () => {
  assert.equal(only(integrators, 'AWS::ApiGateway::RestApi')['DisableExecuteApiEndpoint'], true);
  const name = only(integrators, 'AWS::ApiGateway::DomainName');
  assert.deepEqual([name['DomainName'], name['SecurityPolicy']], [production.environment.integratorsDomain, 'TLS_1_2']);
  assert.equal(only(shoppers, 'AWS::ApiGateway::RestApi')['DisableExecuteApiEndpoint'], false);
});

test('behind CloudFront the REST API hands on the shopper\'s address, not CloudFront\'s', () => {
  for (const method of propertiesOf(shoppers, 'AWS::ApiGateway::Method')) {
    assert.equal(method['Integration'].RequestParameters['integration.request.header.X-Forwarded-For'], `method.request.header.${VIEWER_ADDRESS}`);
  }
});

test('a change of a method is a new deployment of the API', () => {
  const [one, other] = [integrators, shoppers].map((stack) => resources(stack, 'AWS::ApiGateway::Deployment').map(([id]) => id));
  assert.match(String(one), /^Deployment[0-9a-f]{10}$/);
  assert.notDeepEqual(one, other);
});
