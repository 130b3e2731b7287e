import {
  getDirectiveValues,
  getNamedType,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** What a value of the answer must look like. */
export type ValueShape = LeafShape | ListShape | ObjectShape;

export interface LeafShape {
  readonly kind: 'leaf';
  readonly nonNull: boolean;
  /** Absent for scalars of our own, of which the gateway knows nothing. */
  readonly accepts: ((value: unknown) => boolean) | undefined;
}

export interface ListShape {
  readonly kind: 'list';
  readonly nonNull: boolean;
  readonly element: ValueShape;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly nonNull: boolean;
  readonly declared: string;
  /** The fields of an object of this type; undefined for a type that clients must not know. */
  fields(typename: string): TypedFields | undefined;
}

export interface TypedFields {
  readonly typename: string;
  /** False for an interface, which no object's `__typename` can be. */
  readonly concrete: boolean;
  readonly fields: readonly FieldShape[];
}

export interface FieldShape {
  readonly key: string;
  readonly name: string;
  /** Every object has something under this name, so that only its own counts. */
  readonly inherited: boolean;
  readonly nodes: readonly FieldNode[];
  /** Undefined for `__typename` and introspection. */
  readonly value: ValueShape | undefined;
}

export interface ShapeSource {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced; only those of @skip and @include are read. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What the answer to a selection looks like; the types below it are looked at when they are met. */
export function shapeOf(
  source: ShapeSource,
  declared: GraphQLCompositeType,
  selections: readonly SelectionSetNode[],
  nonNull: boolean,
): ObjectShape {
  const known = new Map<string, TypedFields | undefined>();
  return {
    kind: 'object',
    nonNull,
    declared: declared.name,
    fields(typename) {
      let fields = known.get(typename);
      if (!fields && !known.has(typename)) {
        const type = source.schema.getType(typename);
        fields = isCompositeType(type) ? typedFields(source, type, selections) : undefined;
        // Only real types are remembered, so that a subgraph's fancies cannot fill the memory.
        if (fields) known.set(typename, fields);
      }
      return fields;
    },
  };
}

function typedFields(
  source: ShapeSource,
  type: GraphQLCompositeType,
  selections: readonly SelectionSetNode[],
): TypedFields {
  const found = new Map<string, FieldNode[]>();
  for (const selection of selections) collect(source, type, selection, found);
  const fields = [...found].flatMap(([key, nodes]) => fieldShape(source, type, key, nodes) ?? []);
  return { typename: type.name, concrete: isObjectType(type), fields };
}

function fieldShape(
  source: ShapeSource,
  type: GraphQLCompositeType,
  key: string,
  nodes: readonly FieldNode[],
): FieldShape | undefined {
  const name = nodes[0]?.name.value ?? '';
  const inherited = key in {};
  if (name.startsWith('__')) return { key, name, inherited, nodes, value: undefined };
  const field = 'getFields' in type ? type.getFields()[name] : undefined;
  return field && { key, name, inherited, nodes, value: valueShape(source, field.type, nodes) };
}

function valueShape(
  source: ShapeSource,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
): ValueShape {
  const nonNull = isNonNullType(type);
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return { kind: 'list', nonNull, element: valueShape(source, nullable.ofType, nodes) };
  }
  if (isCompositeType(nullable)) {
    const selections = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return shapeOf(source, nullable, selections, nonNull);
  }
  return { kind: 'leaf', nonNull, accepts: acceptsLeaf(nullable) };
}

/** graphql-js' CollectFields for one type. */
function collect(
  source: ShapeSource,
  type: GraphQLCompositeType,
  { selections }: SelectionSetNode,
  into: Map<string, FieldNode[]>,
): void {
  for (const selection of selections) {
    const { variables } = source;
    if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) continue;
    if (getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] === false)
      continue;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const same = into.get(key);
      if (same) same.push(selection);
      else into.set(key, [selection]);
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? source.fragments.get(selection.name.value)
        : selection;
    if (!fragment) continue;
    const condition = fragment.typeCondition?.name.value;
    if (condition === undefined || applies(source.schema, condition, type)) {
      collect(source, type, fragment.selectionSet, into);
    }
  }
}

function applies(schema: GraphQLSchema, condition: string, type: GraphQLCompositeType): boolean {
  if (condition === type.name) return true;
  const wanted = schema.getType(condition);
  if (!isAbstractType(wanted)) return false;
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(wanted, type);
}

const isInteger = (value: unknown) => typeof value === 'number' && Number.isInteger(value);

const leaves: Readonly<Record<string, (value: unknown) => boolean>> = {
  Int: isInteger,
  Float: (value) => typeof value === 'number',
  Boolean: (value) => typeof value === 'boolean',
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string' || isInteger(value),
};

function acceptsLeaf(type: GraphQLOutputType): LeafShape['accepts'] {
  const named = getNamedType(type);
  if (isEnumType(named)) {
    const values = new Set(named.getValues().map(({ name }) => name));
    return (value) => typeof value === 'string' && values.has(value);
  }
  return isSpecifiedScalarType(named) ? leaves[named.name] : undefined;
}
