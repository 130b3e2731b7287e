import {
  astFromValue,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isListType,
  Kind,
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { fault } from '../errors.ts';
import { isObject } from '../executor/subgraph-answer.ts';
import type { ListSize, ProtectionMarks } from './marks.ts';

type Variables = Readonly<Record<string, unknown>>;
/** A part that no variable changes is a number at once. */
type Cost = number | ((variables: Variables) => number);

const mutationCost = 10;

/**
 * The static cost of an operation, by the IBM specification as Apollo reads it: an object costs 1, a
 * leaf nothing, @cost says otherwise; a list costs as often as @listSize says, or `listSize` times. A
 * field of an interface costs what the dearest of its objects says, which is where directives stand.
 * @throws GraphQLError BAD_REQUEST when a list that needs one slicing argument has not exactly one
 */
export function compileCost(
  schema: GraphQLSchema,
  marks: ProtectionMarks,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  listSize: number,
): (variables: Variables) => number {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  const type = schema.getRootType(operation.operation)?.name ?? '';
  const compiler: Compiler = { schema, marks, fragments, operation, listSize };
  const selections = compileSelections(compiler, type, operation.selectionSet, noSizes);
  const base = operation.operation === 'mutation' ? mutationCost : 0;
  const total = sum([base, selections]);
  return typeof total === 'number' ? () => total : total;
}

interface Compiler {
  readonly schema: GraphQLSchema;
  readonly marks: ProtectionMarks;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly operation: OperationDefinitionNode;
  readonly listSize: number;
}

/** The sizes that a field's @listSize gives to the lists inside it. */
interface Sizes {
  readonly fields: readonly string[];
  readonly size: Cost;
}
const noSizes: Sizes = { fields: [], size: 1 };

function compileSelections(
  compiler: Compiler,
  parent: string,
  { selections }: SelectionSetNode,
  sizes: Sizes,
): Cost {
  return sum(
    selections.map((selection) => {
      const cost = (): Cost => {
        if (selection.kind === Kind.FIELD) return compileField(compiler, parent, selection, sizes);
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const on = selection.typeCondition?.name.value ?? parent;
          return compileSelections(compiler, on, selection.selectionSet, sizes);
        }
        const fragment = compiler.fragments.get(selection.name.value);
        if (!fragment) return 0;
        const on = fragment.typeCondition.name.value;
        return compileSelections(compiler, on, fragment.selectionSet, sizes);
      };
      return conditional(selection.directives ?? [], cost());
    }),
  );
}

/** Whatever object may stand behind an interface: the dearest of them counts. */
function compileField(compiler: Compiler, parent: string, node: FieldNode, sizes: Sizes): Cost {
  const { schema, marks } = compiler;
  const name = node.name.value;
  const type = schema.getType(parent);
  const field = type && 'getFields' in type ? type.getFields()[name] : undefined;
  if (!type || name.startsWith('__') || !field || !('args' in field)) return 0;
  const named = getNamedType(field.type).name;
  const children = (inner: Sizes): Cost =>
    node.selectionSet ? compileSelections(compiler, named, node.selectionSet, inner) : 0;
  // Compiled once for all owners, or interfaces within interfaces would cost exponential time.
  const plain = children(noSizes);
  const within = (inner: Sizes) => (inner.fields.length === 0 ? plain : children(inner));
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type).map((one) => one.name) : [];
  const marked = marks.weights.has(`${parent}.${name}`) || marks.listSizes.has(`${parent}.${name}`);
  const owners = possible.length === 0 || marked ? [parent, ...possible] : possible;
  return most(owners.map((owner) => compileOwned(compiler, owner, field, node, sizes, within)));
}

/** The field as one type has it. */
function compileOwned(
  compiler: Compiler,
  owner: string,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  sizes: Sizes,
  within: (sizes: Sizes) => Cost,
): Cost {
  const { marks, listSize } = compiler;
  const name = node.name.value;
  const coordinate = `${owner}.${name}`;
  const weight = marks.weights.get(coordinate) ?? weightOf(compiler, getNamedType(field.type));
  const mark = marks.listSizes.get(coordinate);
  const sliced = mark && slicedSize(compiler, coordinate, mark, field, node);
  const size = sliced ?? mark?.assumedSize;
  const inner = mark && size !== undefined ? { fields: mark.sizedFields, size } : noSizes;
  const own = sum([weight, within(inner)]);
  const asked = argumentsCost(compiler, coordinate, field, node.arguments ?? []);
  if (!isListType(getNullableType(field.type))) return sum([asked, own]);
  const forSelf = mark?.sizedFields.length ? undefined : size;
  const times = forSelf ?? (sizes.fields.includes(name) ? sizes.size : listSize);
  return sum([asked, product(times, own)]);
}

function weightOf({ schema, marks }: Compiler, type: GraphQLNamedType): number {
  const own = marks.weights.get(type.name) ?? (isCompositeType(type) ? 1 : 0);
  if (!isAbstractType(type)) return own;
  const possible = schema.getPossibleTypes(type);
  return Math.max(own, ...possible.map(({ name }) => marks.weights.get(name) ?? 1));
}

/** What the slicing arguments say; undefined when none is there. */
function slicedSize(
  { operation, listSize }: Compiler,
  coordinate: string,
  mark: ListSize,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Cost | undefined {
  const given = mark.slicingArguments.flatMap((path): ValueNode[] => {
    const [name = '', ...inner] = path.split('.');
    const argument = node.arguments?.find((one) => one.name.value === name)?.value;
    const value = argument ?? defaultOf(field.args.find((one) => one.name === name));
    const found = value && inside(value, inner);
    return found && found.kind !== Kind.NULL ? [found] : [];
  });
  if (given.length !== 1 && mark.slicingArguments.length > 0 && mark.requireOneSlicingArgument) {
    const names = mark.slicingArguments.join(', ');
    throw fault('BAD_REQUEST', `${coordinate} needs exactly one of ${names}`, { status: 400 });
  }
  if (given.length === 0) return undefined;
  // Null, and what is no size, may mean all that there is: it is never taken for nothing.
  const unknown = mark.assumedSize ?? listSize;
  const sane = (size: unknown) => (typeof size === 'number' && size >= 0 ? size : unknown);
  const sizes = given.map((value): Cost => {
    if (value.kind === Kind.INT) return sane(Number(value.value));
    if (value.kind !== Kind.VARIABLE) return unknown;
    const name = value.name.value;
    const initial = operation.variableDefinitions?.find((one) => one.variable.name.value === name);
    const standard = initial?.defaultValue;
    const otherwise = standard?.kind === Kind.INT ? sane(Number(standard.value)) : unknown;
    return (variables) => (variables[name] === undefined ? otherwise : sane(variables[name]));
  });
  if (sizes.every((size) => typeof size === 'number')) return Math.max(0, ...sizes);
  return (variables) => Math.max(0, ...sizes.map((size) => valueOf(size, variables)));
}

const defaultOf = (argument: GraphQLArgument | undefined): ValueNode | undefined =>
  (argument?.defaultValue !== undefined && astFromValue(argument.defaultValue, argument.type)) ||
  undefined;

function inside(value: ValueNode, path: readonly string[]): ValueNode | undefined {
  const [name, ...rest] = path;
  if (name === undefined || value.kind === Kind.VARIABLE) return value;
  if (value.kind !== Kind.OBJECT) return undefined;
  const found = value.fields.find((field) => field.name.value === name)?.value;
  return found && inside(found, rest);
}

function argumentsCost(
  compiler: Compiler,
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  given: readonly ArgumentNode[],
): Cost {
  return sum(
    given.map(({ name, value }) => {
      const type = field.args.find((one) => one.name === name.value)?.type;
      if (!type) return 0;
      const weight = compiler.marks.weights.get(`${coordinate}(${name.value}:)`);
      return inputCost(compiler, type, value, weight);
    }),
  );
}

/** An input object costs 1 and its fields; a list of them each. What comes by variable, as it came. */
function inputCost(
  compiler: Compiler,
  type: GraphQLInputType,
  value: ValueNode,
  weight: number | undefined,
): Cost {
  const named = getNamedType(type);
  const { weights } = compiler.marks;
  const base = weight ?? weights.get(named.name) ?? (isInputObjectType(named) ? 1 : 0);
  if (!isInputObjectType(named)) return base;
  const fieldsOf = (input: Readonly<Record<string, unknown>>): number =>
    Object.entries(input).reduce((total, [name, inner]) => {
      const definition = named.getFields()[name];
      if (!definition) return total;
      return total + (weights.get(`${named.name}.${name}`) ?? (isObject(inner) ? 1 : 0));
    }, base);
  const cost = (input: unknown): number =>
    Array.isArray(input)
      ? input.reduce<number>((total, one) => total + cost(one), 0)
      : isObject(input)
        ? fieldsOf(input)
        : 0;
  if (value.kind === Kind.VARIABLE) {
    const name = value.name.value;
    return (variables) => cost(variables[name]);
  }
  return cost(plain(value));
}

/** A literal, as far as costs look into it. */
function plain(value: ValueNode): unknown {
  if (value.kind === Kind.LIST) return value.values.map(plain);
  if (value.kind !== Kind.OBJECT) return true;
  return Object.fromEntries(value.fields.map((field) => [field.name.value, plain(field.value)]));
}

/** @skip and @include by a variable; what is skipped costs nothing. */
function conditional(directives: readonly DirectiveNode[], cost: Cost): Cost {
  return directives.reduce<Cost>((inner, { name, arguments: given }) => {
    const wanted = name.value === 'include' ? true : name.value === 'skip' ? false : undefined;
    const condition = given?.[0]?.value;
    if (wanted === undefined || condition?.kind !== Kind.VARIABLE) return inner;
    const variable = condition.name.value;
    // Without a value the default counts, which is taken to include: never too cheap.
    return (variables) => {
      const value = variables[variable];
      return typeof value === 'boolean' && value !== wanted ? 0 : valueOf(inner, variables);
    };
  }, cost);
}

const valueOf = (cost: Cost, variables: Variables): number =>
  typeof cost === 'number' ? cost : cost(variables);

function sum(costs: readonly Cost[]): Cost {
  const constant = costs.reduce<number>(
    (total, cost) => (typeof cost === 'number' ? total + cost : total),
    0,
  );
  const others = costs.filter((cost) => typeof cost === 'function');
  if (others.length === 0) return constant;
  return (variables) => others.reduce((total, cost) => total + cost(variables), constant);
}

function product(times: Cost, cost: Cost): Cost {
  if (typeof times === 'number' && typeof cost === 'number') return times * cost;
  return (variables) => valueOf(times, variables) * valueOf(cost, variables);
}

function most(costs: readonly Cost[]): Cost {
  const others = costs.filter((cost) => typeof cost === 'function');
  const constant = Math.max(0, ...costs.filter((cost) => typeof cost === 'number'));
  if (others.length === 0) return constant;
  return (variables) => Math.max(constant, ...others.map((cost) => cost(variables)));
}
