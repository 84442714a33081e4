// A REST API with the methods of the routing table, over a VPC link to the internal load balancer.

import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { loadPaths, type Paths } from '../routing/openapi.ts';
import { isParameter, segmentsOf, type Route } from '../routing/table.ts';

/** API Gateway gives up after this at the latest, in milliseconds. */
const TIMEOUT_MAX_MS = 29_000;

/** Bodies that are not text. */
const BINARY = ['application/pdf', 'image/*'];

export interface ShopRestApiProps {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly vpcLinkId: string;
  readonly loadBalancerArn: string;
  /** The name in the load balancer's certificate. */
  readonly host: string;
  /** A request header that carries the shopper's address; none where API Gateway itself sees the client. */
  readonly viewerAddress?: string;
}

/** Every method wants a key: integrators have theirs, CloudFront has its own. */
export class ShopRestApi extends Construct {
  readonly api: apigateway.CfnRestApi;
  readonly methods: readonly apigateway.CfnMethod[];
  private readonly nodes = new Map<string, string>();
  private readonly parameterNames = new Map<string, string>();

  constructor(scope: Construct, id: string, props: ShopRestApiProps) {
    super(scope, id);
    this.api = new apigateway.CfnRestApi(this, 'Api', {
      name: props.name,
      description: 'TechMart, from deploy/routes.toml',
      endpointConfiguration: { types: ['REGIONAL'] },
      apiKeySourceType: 'HEADER',
      binaryMediaTypes: BINARY,
      // Compression is the services'.
      disableExecuteApiEndpoint: props.viewerAddress === undefined,
    });
    this.answerUnknownPaths();
    const validator = new apigateway.CfnRequestValidator(this, 'Validator', {
      restApiId: this.api.ref,
      name: 'parameters',
      validateRequestParameters: true,
      // Bodies are the services': they answer with problems that name the field.
      validateRequestBody: false,
    });
    const paths = loadPaths('techmart');
    this.methods = props.routes.flatMap((route) => this.addRoute(route, props, paths, validator.ref));
  }

  private addRoute(route: Route, props: ShopRestApiProps, paths: Paths, validator: string): apigateway.CfnMethod[] {
    const resourceId = this.resource(route.path);
    const inPath = segmentsOf(route.path).filter(isParameter).map((segment) => segment.slice(1, -1));
    const headers: Record<string, string> = { 'X-Request-Id': 'context.requestId' };
    if (props.viewerAddress !== undefined) headers['X-Forwarded-For'] = `method.request.header.${props.viewerAddress}`;
    return route.methods.map(
      (httpMethod) =>
        new apigateway.CfnMethod(this, `${httpMethod} ${route.path}`, {
          restApiId: this.api.ref,
          resourceId,
          httpMethod,
          authorizationType: 'NONE',
          apiKeyRequired: true,
          requestValidatorId: validator,
          requestParameters: {
            ...Object.fromEntries(inPath.map((name) => [`method.request.path.${name}`, true])),
            ...requiredParameters(paths, route.path, httpMethod),
            ...(props.viewerAddress === undefined ? {} : { [`method.request.header.${props.viewerAddress}`]: true }),
          },
          integration: {
            type: 'HTTP_PROXY',
            integrationHttpMethod: httpMethod,
            connectionType: 'VPC_LINK',
            connectionId: props.vpcLinkId,
            integrationTarget: props.loadBalancerArn,
            uri: `https://${props.host}${route.path}`,
            timeoutInMillis: Math.min(route.timeout_ms, TIMEOUT_MAX_MS),
            requestParameters: {
              ...Object.fromEntries(inPath.map((name) => [`integration.request.path.${name}`, `method.request.path.${name}`])),
              ...Object.fromEntries(Object.entries(headers).map(([name, from]) => [`integration.request.header.${name}`, from])),
            },
          },
        }),
    );
  }

  /** The resource of a path, made with those above it where they are not there yet. */
  private resource(path: string): string {
    if (path === '') return this.api.attrRootResourceId;
    const known = this.nodes.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('/');
    const parent = path.slice(0, cut);
    const pathPart = path.slice(cut + 1);
    if (isParameter(pathPart)) this.checkName(parent, pathPart);
    const resource = new apigateway.CfnResource(this, path, { restApiId: this.api.ref, parentId: this.resource(parent), pathPart });
    this.nodes.set(path, resource.ref);
    return resource.ref;
  }

  /** API Gateway allows one name for the parameter below a path. */
  private checkName(parent: string, name: string): void {
    const other = this.parameterNames.get(parent) ?? name;
    if (other !== name) throw new Error(`${parent} has two parameters: ${other} and ${name}`);
    this.parameterNames.set(parent, name);
  }

  /** API Gateway says 403 for a path that it does not know; a client expects 404 and a problem. */
  private answerUnknownPaths(): void {
    new apigateway.CfnGatewayResponse(this, 'UnknownPath', {
      restApiId: this.api.ref,
      responseType: 'MISSING_AUTHENTICATION_TOKEN',
      statusCode: '404',
      responseTemplates: {
        'application/json': '{"type":"about:blank","title":"Not found","status":404,"code":"not_found"}',
      },
    });
  }
}

/** Headers and query values without which the service would refuse the request anyway. */
function requiredParameters(paths: Paths, path: string, method: string): Record<string, true> {
  const operation = paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${method} ${path} is in no API document`);
  const kinds: Record<string, string> = { header: 'header', query: 'querystring' };
  return Object.fromEntries(
    (operation.parameters ?? [])
      .filter((parameter) => parameter.required && kinds[parameter.in] !== undefined)
      .map((parameter) => [`method.request.${kinds[parameter.in]}.${parameter.name}`, true as const]),
  );
}
