import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fault } from '../errors.ts';

/** One fragment may become one for each type, and so may those inside it. */
const fragmentLimit = 5_000;

interface Run {
  readonly schema: GraphQLSchema;
  /** Those whose fragments are spelled out. */
  readonly interfaces: ReadonlySet<string>;
  readonly definitions: ReadonlyMap<string, FragmentDefinitionNode>;
  written: number;
}

interface Fragment {
  readonly condition: GraphQLCompositeType | undefined;
  readonly directives: readonly DirectiveNode[];
  readonly selectionSet: SelectionSetNode;
}

/**
 * Writes the fragments inside fields of these interfaces out for each type of object that they apply
 * to. Anything else stays as it is.
 * @param document valid by the schema
 * @throws GraphQLError UNRESOLVABLE when that would be too many
 */
export function spellOut(
  schema: GraphQLSchema,
  interfaces: ReadonlySet<string>,
  document: DocumentNode,
): DocumentNode {
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const definitions = new Map(fragments.map((one) => [one.name.value, one]));
  const run: Run = { schema, interfaces, definitions, written: 0 };
  return {
    ...document,
    definitions: document.definitions.map((definition) => {
      if (definition.kind === Kind.OPERATION_DEFINITION) {
        const root = schema.getRootType(definition.operation) ?? undefined;
        return { ...definition, selectionSet: keep(run, definition.selectionSet, root) };
      }
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) return definition;
      const type = typeNamed(run, definition.typeCondition.name.value);
      return { ...definition, selectionSet: keep(run, definition.selectionSet, type) };
    }),
  };
}

/** A selection in which nothing has to be spelled out but what is inside its fields. */
function keep(
  run: Run,
  { selections }: SelectionSetNode,
  parent: GraphQLCompositeType | undefined,
): SelectionSetNode {
  return setOf(
    selections.map((selection) => {
      if (selection.kind === Kind.FIELD) return keepField(run, selection, parent);
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      const condition = typeNamed(run, selection.typeCondition?.name.value) ?? parent;
      return { ...selection, selectionSet: keep(run, selection.selectionSet, condition) };
    }),
  );
}

function keepField(run: Run, node: FieldNode, parent: GraphQLCompositeType | undefined): FieldNode {
  const { selectionSet } = node;
  if (!selectionSet || !parent || !('getFields' in parent)) return node;
  const type = getNamedType(parent.getFields()[node.name.value]?.type);
  if (!isCompositeType(type)) return node;
  const open = isInterfaceType(type) && run.interfaces.has(type.name);
  const inner = open ? spell(run, selectionSet, type) : keep(run, selectionSet, type);
  return { ...node, selectionSet: inner };
}

/** A selection on one of the interfaces. */
function spell(
  run: Run,
  { selections }: SelectionSetNode,
  parent: GraphQLInterfaceType,
): SelectionSetNode {
  return setOf(
    selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FIELD) return keepField(run, selection, parent);
      const { condition, directives, selectionSet } = fragmentOf(run, selection);
      if (!condition || condition === parent) {
        return write(run, directives, spell(run, selectionSet, parent));
      }
      const types = run.schema.getPossibleTypes(parent);
      const each = types
        .filter((type) => applies(run, condition, type))
        .map((type) => write(run, [], narrow(run, selectionSet, type), type));
      return write(run, directives, setOf(each.length === 0 ? [typename] : each));
    }),
  );
}

/** What is left of a selection once it is known which type the object is of. */
function narrow(
  run: Run,
  { selections }: SelectionSetNode,
  type: GraphQLObjectType,
): SelectionSetNode {
  const left = selections.flatMap((selection): readonly SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return [keepField(run, selection, type)];
    const { condition, directives, selectionSet } = fragmentOf(run, selection);
    if (condition && !applies(run, condition, type)) return [];
    return [write(run, directives, narrow(run, selectionSet, type))];
  });
  return setOf(left.length === 0 ? [typename] : left);
}

function write(
  run: Run,
  directives: readonly DirectiveNode[],
  selectionSet: SelectionSetNode,
  type?: GraphQLObjectType,
): InlineFragmentNode {
  run.written += 1;
  if (run.written > fragmentLimit) {
    throw fault('UNRESOLVABLE', 'the operation has too many fragments to be planned');
  }
  const name = type && ({ kind: Kind.NAME, value: type.name } as const);
  const condition = name && { typeCondition: { kind: Kind.NAMED_TYPE, name } as const };
  return { kind: Kind.INLINE_FRAGMENT, directives, selectionSet, ...condition };
}

function fragmentOf(run: Run, selection: Exclude<SelectionNode, FieldNode>): Fragment {
  const spread = selection.kind === Kind.FRAGMENT_SPREAD;
  const source = spread ? run.definitions.get(selection.name.value) : selection;
  if (!source) throw new Error('the document was validated, and a fragment is missing');
  const { directives = [] } = selection;
  const condition = typeNamed(run, source.typeCondition?.name.value);
  return { condition, directives, selectionSet: source.selectionSet };
}

function applies(
  { schema }: Run,
  condition: GraphQLCompositeType,
  type: GraphQLObjectType,
): boolean {
  return isAbstractType(condition) ? schema.isSubType(condition, type) : condition === type;
}

function typeNamed({ schema }: Run, name: string | undefined): GraphQLCompositeType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}

const setOf = (selections: readonly SelectionNode[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections,
});

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
