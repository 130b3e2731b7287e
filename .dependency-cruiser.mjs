/**
 * The law of dependencies. Tests beside the code and in a service's tests/ may import all of their
 * own service; everything in tests/ and bench/ whatever it tests. tests/architecture.test.ts plants
 * a violation of each rule.
 */

import visitor from '@swc/core/Visitor.js';

// The cruiser's way through swc's syntax tree stops at `await using`, which is newer than it.
const { visitStatement } = visitor.Visitor.prototype;
visitor.Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  return statement;
};

const folders = '^(kit|contracts|fix|subgraphs|gateway|venue|stack|tools|tests|bench|deploy)/';
const tests = '(\\.test\\.ts$|^(subgraphs/[^/]+|gateway|venue|fix)/tests/)';
const starts = '(subgraphs/[^/]+|gateway|venue)/(main|config)\\.ts$';

/** Of our own folders, `from` may import only what `allowed` matches. */
const only = (name, from, allowed, exempt = []) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: [tests, ...exempt] },
  to: { path: folders, pathNot: allowed },
});

const exchange = '^subgraphs/exchange/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only('kit-stands-alone', '^kit/', '^kit/'),
    only('contracts-know-kit-only', '^contracts/', '^(contracts|kit)/'),
    only('fix-knows-kit-only', '^fix/', '^(fix|kit)/'),
    only('domain-is-pure', '^subgraphs/([^/]+)/domain/', [
      '^subgraphs/$1/domain/',
      '^kit/(money|ids|errors)\\.ts$',
    ]),
    {
      name: 'domain-uses-no-packages',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/domain/', pathNot: tests },
      to: { pathNot: folders },
    },
    only('application-knows-domain', '^subgraphs/([^/]+)/application/', [
      '^subgraphs/$1/(application|domain)/',
      '^(kit|contracts)/',
    ]),
    only(
      'adapters-know-application',
      '^subgraphs/([^/]+)/adapters/',
      ['^subgraphs/$1/(adapters|application|domain)/', '^(kit|contracts)/'],
      [exchange],
    ),
    only('exchange-adapters-know-fix', '^subgraphs/exchange/adapters/', [
      '^subgraphs/exchange/(adapters|application|domain)/',
      '^(kit|contracts|fix)/',
    ]),
    only(
      'main-wires-its-own-service',
      '^subgraphs/([^/]+)/[^/]+\\.ts$',
      ['^subgraphs/$1/', '^(kit|contracts)/'],
      [exchange],
    ),
    only('exchange-main-wires-its-own-service', '^subgraphs/exchange/[^/]+\\.ts$', [
      exchange,
      '^(kit|contracts|fix)/',
    ]),
    only('gateway-knows-no-subgraph', '^gateway/', '^(gateway|kit|contracts)/'),
    only('venue-is-the-outside-world', '^venue/', '^(venue|fix|kit)/', ['^venue/tests/']),
    only('stack-starts-programs', '^stack/', ['^(stack|kit|contracts)/', `^${starts}`]),
    only('tools-use-programs', '^tools/', ['^(tools|kit|contracts|fix|stack)/', `^${starts}`]),
    {
      name: 'tests-reach-their-own-service',
      comment: 'A test beside the code is no way around the walls between services.',
      severity: 'error',
      from: { path: '^(subgraphs/[^/]+|gateway|venue|fix|kit|contracts)/(.*\\.test\\.ts$|tests/)' },
      to: { path: folders, pathNot: ['^$1/', '^(kit|contracts|fix|tests/support)/'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: [tests, '(^|/)main\\.ts$', '^[^/]+$', '\\.mjs$'] },
      to: {},
    },
    {
      name: 'no-code-that-only-tests-use',
      severity: 'error',
      from: { path: '(^|/)main\\.ts$|^tools/' },
      to: {
        path: '^(kit|contracts|fix|subgraphs|gateway|venue|stack)/',
        pathNot: [tests, '(^|/)main\\.ts$', '^(subgraphs/[^/]+|venue)/tests/'],
        reachable: false,
      },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'product-code-needs-no-dev-package',
      severity: 'error',
      from: {
        path: '^(kit|contracts|fix|subgraphs|gateway|venue|stack)/',
        pathNot: tests,
      },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^coverage/', '^\\.data/', '^gateway/assets/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
