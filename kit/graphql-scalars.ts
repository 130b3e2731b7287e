import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/**
 * A decimal travels as a string, never as a JSON number, so that no client or parser rounds it.
 * Whether the text is a fitting number is the use case's to say, with a code of its own.
 */
export const decimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  serialize: (value) => text(value, 'Decimal'),
  parseValue: (value) => text(value, 'Decimal'),
  parseLiteral: (node) => text(node.kind === Kind.STRING ? node.value : undefined, 'Decimal'),
});

/**
 * An instant, ISO 8601 in UTC with milliseconds on the way out; any offset on the way in, and no year
 * so far away that a millisecond or a day beside it is one that a database does not know.
 */
export const dateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize: (value) => (value instanceof Date ? value.toISOString() : instant(value)),
  parseValue: instant,
  parseLiteral: (node) => instant(node.kind === Kind.STRING ? node.value : undefined),
});

const earliestMs = Date.UTC(1900, 0, 1);
const latestMs = Date.UTC(9999, 0, 1) - 1;
const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

function instant(value: unknown): string {
  const time = text(value, 'DateTime');
  const milliseconds = isoInstant.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw badInput(`DateTime is ISO 8601 with an offset or Z`);
  if (milliseconds < earliestMs || milliseconds > latestMs) {
    throw badInput('DateTime is from 1900 to 9998');
  }
  return new Date(milliseconds).toISOString();
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.length > 64) throw badInput(`${name} is a short string`);
  return value;
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
