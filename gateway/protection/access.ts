import {
  getNamedType,
  isAbstractType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { GatewayContext } from '../caller.ts';
import { fault } from '../errors.ts';
import type { ProtectionMarks, Requirement } from './marks.ts';

/** Something that a selected field asks of its reader. */
interface Asked extends Requirement {
  readonly coordinate: string;
}

/** The coordinates of all fields that a document selects, and what they ask of their reader. */
export interface Selected {
  readonly fields: readonly string[];
  readonly asked: readonly Asked[];
}

/** @param document one operation with its fragments; what @skip leaves out counts too */
export function selectedBy(
  schema: GraphQLSchema,
  { access }: ProtectionMarks,
  document: DocumentNode,
): Selected {
  const types = new TypeInfo(schema);
  const fields = new Set<string>();
  const coordinates = new Set<string>();
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const parent = types.getParentType();
        const type = getNamedType(types.getType());
        if (!parent || !type || name.value.startsWith('__')) return;
        fields.add(`${parent.name}.${name.value}`);
        if (access.size === 0) return;
        // Whatever object may stand behind an interface, nobody reads more than that object allows.
        const owners = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [];
        for (const { name: owner } of [parent, ...owners]) {
          coordinates.add(owner).add(`${owner}.${name.value}`);
        }
        coordinates.add(type.name);
        for (const one of isAbstractType(type) ? schema.getPossibleTypes(type) : []) {
          coordinates.add(one.name);
        }
      },
    }),
  );
  const asked = [...coordinates].flatMap((coordinate) => {
    const requirement = access.get(coordinate);
    return requirement ? [{ ...requirement, coordinate }] : [];
  });
  return { fields: [...fields], asked };
}

/** @throws GraphQLError UNAUTHENTICATED (401) or FORBIDDEN (403) */
export function checkAccess(asked: readonly Asked[], context: GatewayContext): void {
  const { identity, scopes = [] } = context;
  for (const { coordinate, authenticated, scopes: needed, policies } of asked) {
    if (identity.userId === null && (authenticated || needed || policies)) {
      throw fault('UNAUTHENTICATED', `${coordinate} is for those who are logged in`, {
        status: 401,
      });
    }
    if (needed && !meets(needed, scopes)) {
      const names = needed.map((all) => all.join(' and ')).join(', or ');
      throw fault('FORBIDDEN', `${coordinate} needs the scopes ${names}`, { status: 403 });
    }
    if (policies && !meets(policies, identity.roles)) {
      throw fault('FORBIDDEN', `you may not see ${coordinate}`, { status: 403 });
    }
  }
}

const meets = (alternatives: readonly (readonly string[])[], has: readonly string[]): boolean =>
  alternatives.some((all) => all.every((one) => has.includes(one)));
