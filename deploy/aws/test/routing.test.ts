// One table, many edges: the load balancer's rules, the REST API, CloudFront and the services' own documents agree.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathRules, VALUES_PER_RULE } from '../lib/routing/alb-patterns.ts';
import { loadPaths } from '../lib/routing/openapi.ts';
import { REGEX_LENGTH_MAX, regexesByMethods } from '../lib/routing/regex.ts';
import { isParameter, loadRoutingTable, segmentsOf, servicesOf } from '../lib/routing/table.ts';
import { everything, propertiesOf, resources, shopOf, switched } from './support.ts';

const table = loadRoutingTable();
const services = servicesOf(table);
const { edge, apis, platform, firewall } = shopOf(everything, 'production');

/** A request path of a route. */
const example = (path: string): string =>
  '/' + segmentsOf(path).map((segment) => (isParameter(segment) ? 'x1' : segment)).join('/');

/** A pattern of a load balancer or of CloudFront: `*` is any text. */
const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*')}$`).test(path);

/** Whether a request path could be one of a route's. */
const sameShape = (path: string, request: string): boolean =>
  new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(request);

const methodsOfTable = (): string[] => table.routes.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`)).sort();

test('the table is what the services document', () => {
  const documented = services.flatMap((service) =>
    Object.entries(loadPaths(service)).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => ({ key: `${method.toUpperCase()} ${path}`, service })),
    ),
  );
  assert.deepEqual(documented.map(({ key }) => key).sort(), methodsOfTable());
  for (const { key, service } of documented) {
    const path = key.split(' ')[1];
    assert.equal(table.routes.find((route) => route.path === path)?.service, service, key);
  }
});

test('every route reaches its service through the rules of the load balancer', () => {
  const targets = Object.fromEntries(
    resources(platform, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(([id, { Properties }]) => [id, Properties?.['Name'] as string]),
  );
  const rules = propertiesOf(platform, 'AWS::ElasticLoadBalancingV2::ListenerRule')
    .map((rule) => ({
      priority: rule['Priority'] as number,
      patterns: rule['Conditions'][0].PathPatternConfig.Values as string[],
      target: targets[rule['Actions'][0].TargetGroupArn.Ref],
    }))
    .sort((a, b) => a.priority - b.priority);
  for (const { path, service } of table.routes) {
    const rule = rules.find(({ patterns }) => patterns.some((pattern) => matches(pattern, example(path))));
    assert.equal(rule?.target, `techmart-production-${service}`, path);
  }
  for (const path of ['/', '/api', '/api/v2/products', '/api/v1/admin/unknown', '/api/v1/me/unknown', '/apiv1/search']) {
    assert.equal(rules.find(({ patterns }) => patterns.some((pattern) => matches(pattern, path))), undefined, path);
  }
});

test('the rules keep to the quotas, and do not depend on chance', () => {
  const rules = pathRules(table.routes);
  assert.ok(rules.length <= 50, 'half of the 100 rules of a listener');
  assert.ok(rules.every(({ patterns }) => patterns.length <= VALUES_PER_RULE));
  assert.equal(new Set(rules.map(({ priority }) => priority)).size, rules.length);
});

test('two services below one parameter are told apart', () => {
  const rules = pathRules([
    { path: '/a/{id}', service: 'one' },
    { path: '/a/{id}/b', service: 'two' },
    { path: '/a/fixed', service: 'three' },
  ]);
  assert.deepEqual(rules.map(({ patterns }) => patterns), [['/a/fixed'], ['/a/*/b'], ['/a/*']]);
  assert.deepEqual(rules.map(({ service }) => service), ['three', 'two', 'one']);
  assert.throws(() => pathRules([{ path: '/a/{x}', service: 'one' }, { path: '/a/{y}', service: 'two' }]), /two services/);
});

test('the REST API has the methods of the table, each with its path, key and deadline', () => {
  const [api] = apis;
  assert.ok(api !== undefined);
  const parts = new Map(
    resources(api, 'AWS::ApiGateway::Resource').map(([id, { Properties }]) => [id, Properties as { ParentId: any; PathPart: string }]),
  );
  const pathOf = (id: string): string => {
    const part = parts.get(id);
    return part === undefined ? '' : `${pathOf(part.ParentId.Ref ?? '')}/${part.PathPart}`;
  };
  const methods = propertiesOf(api, 'AWS::ApiGateway::Method').map((method) => ({ ...method, path: pathOf(method['ResourceId'].Ref) }) as Record<string, any>);
  assert.deepEqual(methods.map((method) => `${method['HttpMethod']} ${method['path']}`).sort(), methodsOfTable());
  for (const method of methods) {
    const { Integration, RequestParameters } = method as Record<string, any>;
    assert.equal(method['ApiKeyRequired'], true);
    assert.equal(Integration.ConnectionType, 'VPC_LINK');
    assert.ok(Integration.IntegrationTarget !== undefined);
    assert.equal(Integration.Uri, `https://shop.example.com${method['path']}`);
    assert.equal(Integration.RequestParameters['integration.request.header.X-Request-Id'], 'context.requestId');
    for (const name of segmentsOf(method['path']).filter(isParameter).map((segment) => segment.slice(1, -1))) {
      assert.equal(RequestParameters[`method.request.path.${name}`], true);
      assert.equal(Integration.RequestParameters[`integration.request.path.${name}`], `method.request.path.${name}`);
    }
    const route = table.routes.find(({ path, methods: all }) => path === method['path'] && all.includes(method['HttpMethod']));
    assert.equal(Integration.TimeoutInMillis, Math.min(route?.timeout_ms ?? 0, 29_000));
  }
  const edit = methods.find((method) => method['HttpMethod'] === 'PATCH' && method['path'] === '/api/v1/admin/products/{id}');
  assert.equal(edit?.['RequestParameters']['method.request.header.If-Match'], true, 'a required header is asked for at the gate');
});

test('the REST API keeps to the quotas', () => {
  const [api] = apis;
  assert.ok(api !== undefined);
  assert.ok(resources(api, 'AWS::ApiGateway::Resource').length <= 270, '300 resources in an API');
  assert.ok(resources(api).length <= 450, '500 resources in a stack');
});

test('CloudFront sends every route to the API and everything else to the pages', () => {
  const { DistributionConfig } = propertiesOf(edge, 'AWS::CloudFront::Distribution')[0] as Record<string, any>;
  const behaviors = DistributionConfig.CacheBehaviors as { PathPattern: string; TargetOriginId: string; AllowedMethods: string[]; CachePolicyId: string }[];
  const pages = DistributionConfig.DefaultCacheBehavior.TargetOriginId as string;
  const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
  for (const { path, methods, rate_class } of table.routes) {
    const behavior = behaviors.find(({ PathPattern }) => matches(PathPattern, example(path)));
    assert.ok(behavior !== undefined, path);
    assert.notEqual(behavior.TargetOriginId, pages, path);
    for (const method of methods) assert.ok(behavior.AllowedMethods.includes(method), `${method} ${path}`);
    assert.equal(behavior.CachePolicyId === CACHING_DISABLED, rate_class !== 'media', `${path} is kept only if it is a picture`);
  }
  for (const path of ['/', '/search', '/product/prd_1', '/assets/index.js', '/.well-known/other']) {
    assert.equal(behaviors.find(({ PathPattern }) => matches(PathPattern, path)), undefined, path);
  }
});

type Statement = Record<string, any>;

/** Whether a statement of the firewall is true of a request. */
function isTrue(statement: Statement, method: string, path: string): boolean {
  const { AndStatement, OrStatement, ByteMatchStatement, RegexMatchStatement } = statement;
  if (AndStatement !== undefined) return AndStatement.Statements.every((part: Statement) => isTrue(part, method, path));
  if (OrStatement !== undefined) return OrStatement.Statements.some((part: Statement) => isTrue(part, method, path));
  if (ByteMatchStatement?.FieldToMatch.Method !== undefined) return ByteMatchStatement.SearchString === method;
  if (RegexMatchStatement?.FieldToMatch.UriPath !== undefined) return new RegExp(RegexMatchStatement.RegexString).test(path);
  throw new Error(`no such statement: ${JSON.stringify(statement)}`);
}

test('the rate rules of the firewall hold each route to its class', () => {
  const rules = propertiesOf(firewall, 'AWS::WAFv2::WebACL')[0]?.['Rules'] as Record<string, any>[];
  for (const { name } of table.rateClasses) {
    const scope = rules.find(({ Name }) => Name === `rate-${name}`)?.['Statement'].RateBasedStatement.ScopeDownStatement as Statement;
    const routes = table.routes.filter((route) => route.rate_class === name);
    for (const route of table.routes) {
      for (const method of route.methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))) {
        const asked = method === 'HEAD' ? 'GET' : method;
        const twin = routes.some(({ path, methods }) => methods.includes(asked) && sameShape(path, example(route.path)));
        assert.equal(isTrue(scope, method, example(route.path)), twin, `${method} ${route.path} in ${name}`);
      }
    }
    assert.ok(regexesByMethods(routes).every(({ regexes }) => regexes.every((regex) => regex.length <= REGEX_LENGTH_MAX)));
  }
});

test('the switch sends shoppers through a REST API that only CloudFront can open', () => {
  const shop = shopOf(switched, 'production');
  const api = shop.apis.find((stack) => stack.stackName.endsWith('edge-shoppers'));
  assert.ok(api !== undefined);
  assert.ok(propertiesOf(api, 'AWS::ApiGateway::Method').every((method) => method['ApiKeyRequired'] === true));
  const { DistributionConfig } = propertiesOf(shop.edge, 'AWS::CloudFront::Distribution')[0] as Record<string, any>;
  const [header] = DistributionConfig.Origins.flatMap((origin: Record<string, any>) => origin['OriginCustomHeaders'] ?? []);
  assert.equal(header.HeaderName, 'x-api-key');
  assert.match(JSON.stringify(header.HeaderValue), /resolve:secretsmanager/);
  assert.equal(resources(shop.edge, 'AWS::CloudFront::VpcOrigin').length, 0);
});
