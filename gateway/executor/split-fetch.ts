import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  Kind,
  parse,
  print,
  visit,
  type DocumentNode,
  type FieldNode,
  type InlineFragmentNode,
} from 'graphql';
import type { RequiredField, RequiredFields } from './required-arguments.ts';

/** A field of the fetch's operation, with what it requires. */
interface AskedField {
  readonly node: FieldNode;
  readonly type: string;
  readonly required: readonly RequiredField[];
}

/**
 * A representation holds one `price`: fields that require it with different arguments are asked for
 * in fetches of their own. The others stay together.
 */
export function splitFetch(node: FetchNode, requiredFields: RequiredFields): readonly FetchNode[] {
  const { requires } = node;
  if (!requires) return [node];
  const document = parse(node.operation, { noLocation: true });
  const asked = askedFields(document).map(({ node: field, type }): AskedField => {
    return {
      node: field,
      type,
      required: requiredFields(node.serviceName, type, field.name.value),
    };
  });
  if (asked.every(({ required }) => required.length === 0)) return [node];
  const groups: AskedField[][] = [];
  for (const field of asked) {
    const group = groups.find((one) => one.every((other) => !conflicts(field, other)));
    if (group) group.push(field);
    else groups.push([field]);
  }
  return groups.map((group) => {
    const part = groups.length === 1 ? node : { ...node, ...onlyFields(document, group) };
    return { ...part, requires: takeAliases(requires, group, asked) };
  });
}

function askedFields(document: DocumentNode): readonly { node: FieldNode; type: string }[] {
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((entities) =>
    entities.kind !== Kind.FIELD
      ? []
      : (entities.selectionSet?.selections ?? []).flatMap((fragment) =>
          fragment.kind === Kind.INLINE_FRAGMENT ? fieldsIn(fragment, '') : [],
        ),
  );
}

function fieldsIn(
  fragment: InlineFragmentNode,
  outer: string,
): readonly { node: FieldNode; type: string }[] {
  const type = fragment.typeCondition?.name.value ?? outer;
  return fragment.selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [{ node: selection, type }];
    return selection.kind === Kind.INLINE_FRAGMENT ? fieldsIn(selection, type) : [];
  });
}

const conflicts = (one: AskedField, other: AskedField) =>
  one.type === other.type && differ(one.required, other.required);

function differ(some: readonly RequiredField[], others: readonly RequiredField[]): boolean {
  return some.some((one) =>
    others.some(
      (other) =>
        one.name === other.name && (one.alias !== other.alias || differ(one.inner, other.inner)),
    ),
  );
}

/** The operation with these fields of its entities only, and the variables that they use. */
function onlyFields(document: DocumentNode, group: readonly AskedField[]) {
  const kept = new Set<FieldNode>(group.map(({ node }) => node));
  const all = new Set<FieldNode>(askedFields(document).map(({ node }) => node));
  const filtered = visit(document, {
    Field: (field) => (all.has(field) && !kept.has(field) ? null : undefined),
    InlineFragment: {
      leave: (fragment) => (fragment.selectionSet.selections.length === 0 ? null : undefined),
    },
  });
  const used = new Set<string>();
  visit(filtered, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const operation = visit(filtered, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
  });
  const variableUsages = [...used].filter((name) => name !== 'representations');
  return { operation: print(operation), variableUsages };
}

/** Reads what was fetched under an alias from there, and leaves out what others require. */
function takeAliases(
  requires: readonly QueryPlanSelectionNode[],
  group: readonly AskedField[],
  asked: readonly AskedField[],
): QueryPlanSelectionNode[] {
  return requires.map((selection) => {
    if (selection.kind !== 'InlineFragment') return selection;
    const known = asked.some(({ type }) => type === selection.typeCondition);
    const of = (fields: readonly AskedField[]) =>
      fields
        .filter(({ type }) => !known || type === selection.typeCondition)
        .flatMap(({ required }) => required);
    return { ...selection, selections: aliased(selection.selections, of(group), of(asked)) };
  });
}

function aliased(
  selections: readonly QueryPlanSelectionNode[],
  own: readonly RequiredField[],
  all: readonly RequiredField[],
): QueryPlanSelectionNode[] {
  const seen = new Set<string>();
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'InlineFragment') {
      return [{ ...selection, selections: aliased(selection.selections, own, all) }];
    }
    const mine = own.filter(({ name }) => name === selection.name);
    const everyones = all.filter(({ name }) => name === selection.name);
    const [first] = mine;
    if (!first && everyones.some(({ alias }) => alias !== undefined)) return [];
    const key = first?.alias ?? selection.name;
    if (seen.has(key)) return [];
    seen.add(key);
    const inner = (fields: readonly RequiredField[]) => fields.flatMap((field) => field.inner);
    return [
      {
        ...selection,
        ...(first?.alias === undefined ? {} : { alias: first.alias }),
        ...(selection.selections
          ? { selections: aliased(selection.selections, inner(mine), inner(everyones)) }
          : {}),
      },
    ];
  });
}
