import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

export type RootKind = 'query' | 'mutation' | 'subscription';

export interface Example {
  readonly operation: string;
  /** Null where the operation takes none. */
  readonly variables: Readonly<Record<string, unknown>> | null;
}

type AnyField = GraphQLField<unknown, unknown>;

/** Values that read well, by the name of the argument or input field. */
const values: Readonly<Record<string, unknown>> = {
  symbol: 'USD/NGN',
  symbols: ['USD/NGN', 'EUR/USD'],
  instrument: 'USD/NGN',
  currency: 'NGN',
  amount: '250000.00',
  quantity: '100',
  limitPrice: '1520.50',
  email: 'ada@example.com',
  password: 'correct horse battery',
  clientOrderId: 'my-order-1',
  idempotencyKey: 'deposit-2026-03-01',
  refreshToken: '<refresh token>',
  first: 20,
  after: 0,
};

const valuesOfScalars: Readonly<Record<string, unknown>> = {
  ID: '01961a2b-7c00-7000-8000-000000000001',
  Int: 10,
  Float: 1.5,
  Boolean: true,
  Decimal: '1520.50',
  DateTime: '2026-03-01T12:00:00.000Z',
  Currency: 'NGN',
};

/** What most people want comes first. */
const important = new Set(
  (
    'id sequence kind status code message symbol currency bid ask available held filledQuantity ' +
    'averagePrice accessToken refreshToken amount price quantity'
  ).split(' '),
);

/** How much of a type is shown, by how deep it is. */
const mostLeaves = [10, 6, 3];
const mostObjects = [5, 3, 0];

/** An operation that works: what must be given is given, and what most people want is selected. */
export function exampleOf(kind: RootKind, field: AnyField): Example {
  const taken = field.args.filter((arg) => isRequiredArgument(arg) || kind === 'subscription');
  const name = field.name[0]?.toUpperCase() + field.name.slice(1);
  const definitions = taken.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = taken.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selection = select(getNamedType(field.type), 0, [], 2);
  const head = `${kind} ${name}${definitions ? `(${definitions})` : ''} {`;
  const call = `  ${field.name}${given ? `(${given})` : ''}${selection}`;
  return {
    operation: `${head}\n${call}\n}`,
    variables:
      taken.length > 0
        ? Object.fromEntries(taken.map((arg) => [arg.name, exampleValue(arg)]))
        : null,
  };
}

function exampleValue(input: GraphQLArgument | GraphQLInputField): unknown {
  return values[input.name] ?? exampleOfType(input.type);
}

function exampleOfType(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return exampleOfType(type.ofType);
  if (isListType(type)) return [exampleOfType(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map((field) => [field.name, exampleValue(field)]));
  }
  return valuesOfScalars[type.name] ?? 'value';
}

/** The selection set with its braces, or nothing for a leaf. */
function select(
  type: GraphQLNamedType,
  level: number,
  path: readonly string[],
  indent: number,
): string {
  if (isLeafType(type)) return '';
  const pad = ' '.repeat(indent + 2);
  const lines = linesOf(type, level, path, indent).map((line) => `${pad}${line}`);
  return ` {\n${lines.join('\n')}\n${' '.repeat(indent)}}`;
}

function linesOf(
  type: GraphQLNamedType,
  level: number,
  path: readonly string[],
  indent: number,
): readonly string[] {
  if (isUnionType(type)) {
    const members = type.getTypes().map((member) => {
      return `... on ${member.name}${select(member, level, path, indent + 2)}`;
    });
    return ['__typename', ...members];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return ['__typename'];
  if (type.name === 'PageInfo') return ['hasNextPage', 'endCursor'];
  // Pages are wrapping only: they bring the reader no deeper.
  const wrapping = type.name.endsWith('Connection') || type.name.endsWith('Edge');
  const fields = Object.values(type.getFields()).filter(isPlain);
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
  const ranked = leaves.toSorted((a, b) => rank(a) - rank(b));
  const shown = wrapping ? [] : ranked.slice(0, mostLeaves[level]);
  const objects = fields.filter((field) => {
    const target = getNamedType(field.type);
    return !isLeafType(target) && !path.includes(target.name) && target.name !== type.name;
  });
  const deeper = wrapping ? objects : objects.slice(0, mostObjects[level]);
  const inner = deeper.map((field) => {
    const target = getNamedType(field.type);
    const next = select(target, wrapping ? level : level + 1, [...path, type.name], indent + 2);
    return `${field.name}${next}`;
  });
  const lines = [...shown.map((field) => field.name), ...inner];
  return lines.length > 0 ? lines : ['__typename'];
}

const rank = (field: AnyField): number => (important.has(field.name) ? 0 : 1);

const isPlain = (field: AnyField): boolean =>
  field.deprecationReason == null && !field.args.some(isRequiredArgument);
