// Rules of AWS WAF: known bad requests, and how often one address may ask, by the classes of the routing table.

import type * as waf from 'aws-cdk-lib/aws-wafv2';
import { regexesByMethods } from '../routing/regex.ts';
import type { RoutingTable } from '../routing/table.ts';

type Rule = waf.CfnWebACL.RuleProperty;
type Statement = waf.CfnWebACL.StatementProperty;

/** AWS counts no fewer. */
const LIMIT_MIN = 10;
/** Over how long requests are counted: the classes are per minute. */
const WINDOW_S = 60;

const visible = (metricName: string): waf.CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
  metricName,
});

/** AWS's own lists. The size rule only counts: some of our bodies are larger, and the services have limits of their own. */
export function managedRules(): Rule[] {
  const groups = [
    { name: 'AWSManagedRulesAmazonIpReputationList', counted: [] },
    { name: 'AWSManagedRulesKnownBadInputsRuleSet', counted: [] },
    { name: 'AWSManagedRulesCommonRuleSet', counted: ['SizeRestrictions_BODY'] },
  ];
  return groups.map(({ name, counted }, index) => ({
    name,
    priority: index,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visible(name),
  }));
}

/** One rule for each rate class, and a ceiling for everything; refused with 429 and a problem. Without classes nothing is counted. */
export function rateRules(table: RoutingTable, problem: string): Rule[] {
  if (table.rateClasses.length === 0) return [];
  const refuse = { block: { customResponse: { responseCode: 429, customResponseBodyKey: problem } } };
  const rule = (name: string, perMinute: number, priority: number, scopeDownStatement?: Statement): Rule => ({
    name,
    priority,
    action: refuse,
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        evaluationWindowSec: WINDOW_S,
        limit: Math.max(perMinute, LIMIT_MIN),
        scopeDownStatement,
      },
    },
    visibilityConfig: visible(name),
  });
  const ceiling = Math.max(...table.rateClasses.map((rateClass) => rateClass.per_minute));
  return [
    rule('rate-ceiling', ceiling, 10),
    ...table.rateClasses.map(({ name, per_minute, burst }, index) =>
      rule(`rate-${name}`, per_minute + burst, 11 + index, scopeOf(table, name)),
    ),
  ];
}

/** The requests of a class: any of its groups of methods with any of their paths. */
function scopeOf(table: RoutingTable, rateClass: string): Statement {
  const routes = table.routes.filter((route) => route.rate_class === rateClass);
  return anyOf(
    regexesByMethods(routes).map(({ methods, regexes }) => ({
      andStatement: { statements: [anyOf(methods.flatMap(withHead).map(isMethod)), anyOf(regexes.map(matchesPath))] },
    })),
  );
}

/** HEAD goes wherever GET goes. */
const withHead = (method: string): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

function anyOf(statements: Statement[]): Statement {
  const [first] = statements;
  if (first === undefined) throw new Error('a statement needs at least one part');
  return statements.length === 1 ? first : { orStatement: { statements } };
}

const AS_IT_IS = [{ priority: 0, type: 'NONE' }];

const isMethod = (method: string): Statement => ({
  byteMatchStatement: {
    fieldToMatch: { method: {} },
    positionalConstraint: 'EXACTLY',
    searchString: method,
    textTransformations: AS_IT_IS,
  },
});

// A path in another spelling (`%61uth`) is no route of a service, so nothing needs to be decoded.
const matchesPath = (regexString: string): Statement => ({
  regexMatchStatement: { fieldToMatch: { uriPath: {} }, regexString, textTransformations: AS_IT_IS },
});
