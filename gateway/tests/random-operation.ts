import fc from 'fast-check';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** A decision maker: the n-th call decides among `options`. */
export type Choose = (options: number) => number;

/** Numbers that decide an operation; they shrink to a smaller one. */
export const decisions = fc.array(fc.nat(999), { minLength: 1, maxLength: 120 });

export function chooseBy(numbers: readonly number[]): Choose {
  let next = 0;
  return (options) => {
    const number = numbers[next] ?? 0;
    next += 1;
    return number % options;
  };
}

const maxDepth = 5;

/** An operation over the schema; nearly always a valid one. */
export function randomOperation(
  schema: GraphQLSchema,
  choose: Choose,
  kind: 'query' | 'mutation',
): string {
  const fragments: string[] = [];
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (!root) throw new Error(`no ${kind}`);
  const body = selections(root, 0);
  return `${kind} Random($yes: Boolean!, $no: Boolean = false, $first: Int, $id: ID = "b1") ${body}
${fragments.join('\n')}`;

  function selections(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + choose(3);
    const parts = Array.from({ length: count }, () => selection(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    const what = choose(10);
    if (what === 0) return choose(2) === 0 ? '__typename' : 'kindOf: __typename';
    if (what < 3 || !('getFields' in type)) return fragment(type, depth);
    const fields = Object.values(type.getFields()).filter(
      ({ type: inner }) => depth < maxDepth || !isCompositeType(getNamedType(inner)),
    );
    const field = fields[choose(fields.length || 1)];
    return field ? fieldText(field, depth) : '__typename';
  }

  function fieldText(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = field.args.map(({ name }) => argument(name));
    const given = args.flatMap(([text]) => text);
    const suffix = args.map(([, alias]) => alias).join('');
    const inner = getNamedType(field.type);
    const renamed = suffix !== '' || choose(5) === 0;
    const alias = renamed ? `${field.name}${suffix}_: ` : '';
    const list = given.length > 0 ? `(${given.join(', ')})` : '';
    const below = isCompositeType(inner) ? ` ${selections(inner, depth + 1)}` : '';
    return `${alias}${field.name}${list}${directive()}${below}`;
  }

  /** The argument, and how its field must then be called, so that equal names mean equal arguments. */
  function argument(name: string): readonly [readonly string[], string] {
    const values: Record<string, readonly string[]> = {
      id: ['"b1"', '"f2"', '$id'],
      first: ['1', '3', '$first'],
      express: ['true', 'false', '$no'],
      kind: ['BOOK', 'FILM'],
      name: ['"x"', 'null'],
      text: ['"x"'],
    };
    const options = values[name] ?? [];
    const needed = name === 'id' || name === 'text' || name === 'kind';
    const chosen = choose(options.length + (needed ? 0 : 1));
    const value = options[chosen];
    return value === undefined ? [[], ''] : [[`${name}: ${value}`], `_${name}${chosen}`];
  }

  function directive(): string {
    const what = choose(16);
    return (
      [' @include(if: $yes)', ' @skip(if: $yes)', ' @include(if: $no)', ' @skip(if: $no)'][what] ??
      (what === 4 ? ' @skip(if: false)' : '')
    );
  }

  function fragment(type: GraphQLCompositeType, depth: number): string {
    if (depth >= maxDepth) return '__typename';
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const conditions = [
      ...possible,
      ...Object.values(schema.getTypeMap()).filter(
        (one) =>
          isInterfaceType(one) &&
          possible.some((object) => isObjectType(object) && schema.isSubType(one, object)),
      ),
    ] as GraphQLCompositeType[];
    const condition = conditions[choose(conditions.length)] ?? type;
    const body = selections(condition, depth + 1);
    if (choose(3) > 0) return `... on ${condition.name}${directive()} ${body}`;
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${condition.name} ${body}`);
    return `...${name}${directive()}`;
  }
}
