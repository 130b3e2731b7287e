import type { Schema } from '@apollo/federation-internals';
import type { Role } from '#kit/identity.ts';

/** What a field or type asks of its reader. */
export interface Requirement {
  authenticated: boolean;
  /** All of one of these; undefined: none is asked for. */
  scopes?: readonly (readonly string[])[];
  /** The same for roles, which @policy names. */
  policies?: readonly (readonly string[])[];
}

export interface ListSize {
  readonly assumedSize: number | undefined;
  readonly slicingArguments: readonly string[];
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

/** What the supergraph's directives ask for, by schema coordinate: `Type`, `Type.field`. */
export interface ProtectionMarks {
  readonly access: ReadonlyMap<string, Requirement>;
  /** @cost, also of arguments, `Type.field(argument:)`. */
  readonly weights: ReadonlyMap<string, number>;
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

const specs = 'https://specs.apollo.dev';
const roles: readonly Role[] = ['CUSTOMER', 'PARTNER', 'OPERATOR'];

/**
 * Reads @authenticated, @requiresScopes, @policy, @cost and @listSize as they were composed.
 * @throws Error when a policy is not a role: nobody could ever meet it, and nobody would notice
 */
export function readProtection(supergraph: Schema): ProtectionMarks {
  const access = new Map<string, Requirement>();
  const requirementAt = (coordinate: string): Requirement => {
    const known = access.get(coordinate) ?? { authenticated: false };
    access.set(coordinate, known);
    return known;
  };
  for (const { coordinate } of applied(supergraph, 'authenticated', 'authenticated')) {
    requirementAt(coordinate).authenticated = true;
  }
  for (const { coordinate, given } of applied(supergraph, 'requiresScopes', 'requiresScopes')) {
    requirementAt(coordinate).scopes = asLists(given['scopes']);
  }
  for (const { coordinate, given } of applied(supergraph, 'policy', 'policy')) {
    const policies = asLists(given['policies']);
    const odd = policies.flat().find((policy) => !roles.some((role) => role === policy));
    if (odd !== undefined) {
      throw new Error(`@policy on ${coordinate} names ${odd}; policies are ${roles.join(', ')}`);
    }
    requirementAt(coordinate).policies = policies;
  }
  const weights = applied(supergraph, 'cost', 'cost').map(
    ({ coordinate, given }) => [coordinate, Number(given['weight'])] as const,
  );
  const listSizes = applied(supergraph, 'cost', 'listSize').map(
    ({ coordinate, given }) => [coordinate, asListSize(given)] as const,
  );
  return { access, weights: new Map(weights), listSizes: new Map(listSizes) };
}

const securityMark = new RegExp(
  `(@link\\(\\s*url:\\s*"${specs}/(?:authenticated|requiresScopes|policy)/v0\\.\\d+"[^)]*?),?\\s*for:\\s*SECURITY`,
  'g',
);

/**
 * Apollo's libraries refuse what is marked as essential for security and unknown to them. These
 * directives are enforced here, so that their mark is taken off; any other stays, and is refused.
 */
export const asEnforced = (supergraphSdl: string): string =>
  supergraphSdl.replaceAll(securityMark, '$1');

interface Applied {
  readonly coordinate: string;
  readonly given: Readonly<Record<string, unknown>>;
}

/** Each use of a directive of a specification, whatever the supergraph calls it. */
function applied(supergraph: Schema, spec: string, name: string): readonly Applied[] {
  const feature = supergraph.coreFeatures?.getByIdentity(`${specs}/${spec}`);
  const definition = feature && supergraph.directive(feature.directiveNameInSchema(name));
  return [...(definition?.applications() ?? [])].map((application) => ({
    coordinate: (application.parent as unknown as { readonly coordinate: string }).coordinate,
    given: application.arguments() as Readonly<Record<string, unknown>>,
  }));
}

const asLists = (value: unknown): readonly (readonly string[])[] =>
  Array.isArray(value) ? value.map((one) => [one].flat().map(String)) : [];

const asNames = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

const asListSize = (given: Readonly<Record<string, unknown>>): ListSize => ({
  assumedSize: typeof given['assumedSize'] === 'number' ? given['assumedSize'] : undefined,
  slicingArguments: asNames(given['slicingArguments']),
  sizedFields: asNames(given['sizedFields']),
  requireOneSlicingArgument: given['requireOneSlicingArgument'] !== false,
});
