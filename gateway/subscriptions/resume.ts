import { baseType, isObjectType, isInterfaceType, type Schema } from '@apollo/federation-internals';
import {
  GraphQLInt,
  Kind,
  parse,
  print,
  valueFromAST,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FormattedExecutionResult,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { beginningExtension } from '#kit/subgraph-subscriptions.ts';

/** A subgraph's operation, made ready to be opened again where it broke off. */
export interface ResumableOperation {
  readonly operation: string;
  /** The variable that says after which sequence to begin; null: from now on. */
  readonly afterVariable: string;
  /** What the client asked for. @param variables coerced */
  initialAfter(variables: Readonly<Record<string, unknown>>): number | null;
  sequenceOf(event: FormattedExecutionResult): number | null;
}

/** The answer to beginningExtension. */
export function beginningOf({ extensions }: FormattedExecutionResult): number | null {
  const sequence: unknown = extensions?.[beginningExtension];
  return typeof sequence === 'number' ? sequence : null;
}

const afterVariable = 'mammonAfter';
const sequenceAlias = 'mammonSequence';
const int = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Int' } } as const;
const named = <Name extends string>(value: Name) => ({ kind: Kind.NAME, value }) as const;

/**
 * Prepares a field that takes `after: Int` and whose events have `sequence: Int!`: the sequence is
 * always selected (under a name of its own, which no client sees), and `after` becomes a variable.
 * @returns undefined when the field cannot resume
 */
export function makeResumable(
  operation: string,
  subgraph: Schema | undefined,
): ResumableOperation | undefined {
  const document = parse(operation);
  const definition = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  const root = definition?.selectionSet.selections[0];
  if (!definition || root?.kind !== Kind.FIELD || !canResume(root, subgraph)) return undefined;
  const responseKey = root.alias?.value ?? root.name.value;
  const given = root.arguments?.find((argument) => argument.name.value === 'after');
  return {
    operation: print(rewrite(document, definition, root)),
    afterVariable,
    initialAfter(variables) {
      const value: unknown = given && valueFromAST(given.value, GraphQLInt, variables);
      return typeof value === 'number' ? value : null;
    },
    sequenceOf(event) {
      const payload: unknown = event.data?.[responseKey];
      if (typeof payload !== 'object' || payload === null) return null;
      const sequence: unknown = (payload as Record<string, unknown>)[sequenceAlias];
      return typeof sequence === 'number' ? sequence : null;
    },
  };
}

function canResume(root: FieldNode, subgraph: Schema | undefined): boolean {
  const field = subgraph?.schemaDefinition.rootType('subscription')?.field(root.name.value);
  if (field?.argument('after')?.type?.toString() !== 'Int' || !field.type) return false;
  const events = baseType(field.type);
  if (!isObjectType(events) && !isInterfaceType(events)) return false;
  return events.field('sequence')?.type?.toString() === 'Int!';
}

function rewrite(
  document: DocumentNode,
  definition: OperationDefinitionNode,
  root: FieldNode,
): DocumentNode {
  const after: ArgumentNode = {
    kind: Kind.ARGUMENT,
    name: named('after'),
    value: { kind: Kind.VARIABLE, name: named(afterVariable) },
  };
  const sequence: FieldNode = {
    kind: Kind.FIELD,
    alias: named(sequenceAlias),
    name: named('sequence'),
  };
  const field: FieldNode = {
    ...root,
    arguments: [
      ...(root.arguments ?? []).filter((argument) => argument.name.value !== 'after'),
      after,
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [...(root.selectionSet?.selections ?? []), sequence],
    },
  };
  const others = definition.selectionSet.selections.slice(1);
  const changed: OperationDefinitionNode = {
    ...definition,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field, ...others] },
  };
  const rest = document.definitions.filter((one) => one !== definition);
  const used = usedVariables({ kind: Kind.DOCUMENT, definitions: [changed, ...rest] });
  const variable: VariableDefinitionNode = {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: named(afterVariable) },
    type: int,
  };
  const kept = (definition.variableDefinitions ?? []).filter((one) =>
    used.has(one.variable.name.value),
  );
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...changed, variableDefinitions: [...kept, variable] }, ...rest],
  };
}

/** Those of the body, so that a definition which only `after` needed can go: a subgraph minds. */
function usedVariables(document: DocumentNode): Set<string> {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  return used;
}
