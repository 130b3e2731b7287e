import { isAbstractType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';

/** What the executor asks of types. */
export interface TypeConditions {
  /** Which `__typename`s satisfy a type condition, by the condition's name. */
  (condition: string): ReadonlySet<string>;
  /** Whether it is the name of an object's type. */
  isConcrete(typename: unknown): boolean;
}

/**
 * Answers from the whole supergraph's schema. Interfaces count as their own subtypes, because the
 * subgraphs of an `@interfaceObject` name the interface where others name the object.
 */
export function createTypeConditions(schema: GraphQLSchema): TypeConditions {
  const known = new Map<string, ReadonlySet<string>>();
  const conditions = (condition: string) => {
    let names = known.get(condition);
    if (!names) {
      names = namesThatSatisfy(schema, condition);
      known.set(condition, names);
    }
    return names;
  };
  const isConcrete = (name: unknown) =>
    typeof name === 'string' && isObjectType(schema.getType(name));
  return Object.assign(conditions, { isConcrete });
}

function namesThatSatisfy(schema: GraphQLSchema, condition: string): ReadonlySet<string> {
  const type = schema.getType(condition);
  if (!isAbstractType(type)) return new Set([condition]);
  const subtypes = Object.values(schema.getTypeMap()).filter(
    (one) => (isObjectType(one) || isInterfaceType(one)) && schema.isSubType(type, one),
  );
  return new Set([condition, ...subtypes.map(({ name }) => name)]);
}
