import { composeServices } from '@apollo/composition';
import { Supergraph as FederatedGraph, type Schema } from '@apollo/federation-internals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type GraphQLSchema } from 'graphql';
import type { JsonObject, SubgraphAnswer } from '../executor/subgraph-answer.ts';
import { buildSupergraph, type Supergraph } from '../supergraph.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@interfaceObject", "@inaccessible"
])\n`;

/** Subgraphs with every feature that a plan can show. */
export const sdl = {
  library: `${link}
    scalar Money
    enum Kind { BOOK FILM  SECRET @inaccessible }
    type Query {
      media(id: ID!): Media
      allMedia(first: Int = 3): [Media!]!
      products: [Product]
      me: User
      users: [User!]!
      search(kind: Kind = BOOK): [Result]
      matrix: [[Book]]
      kind: Kind
      total: Money
    }
    type Mutation { rename(id: ID!, name: String): User  add(kind: Kind!): Book! }
    interface Media @key(fields: "id") { id: ID!  title: String  maker: User! }
    interface Product { id: ID!  price: Money  maker: User! }
    type Size @shareable { width: Int!  height: Int }
    type Book implements Media & Product @key(fields: "id") {
      id: ID!  title: String @shareable  price: Money  maker: User!
      weight: Int  size: Size  pages: Int!  kind: Kind!
    }
    type Film implements Media & Product @key(fields: "id") {
      id: ID!  title: String  price: Money  maker: User!  minutes: Float  sequel: Film
    }
    union Result = Book | Film | User
    type User @key(fields: "id") {
      id: ID!  name: String!  favourite: Result  friends: [User!]  home: Address @shareable
    }
    type Address @shareable { city: String  street: String! }`,
  shop: `${link}
    type Query { reviews: [Review!]  bestsellers: [Book!] @provides(fields: "title") }
    type Mutation { review(id: ID!, text: String!): Review }
    type Size @shareable { width: Int!  height: Int }
    type Book @key(fields: "id") {
      id: ID!
      title: String @external
      weight: Int @external
      size: Size @external
      shipping(express: Boolean = false): Int @requires(fields: "weight size { width height }")
      reviews(first: Int = 2): [Review!]!
    }
    type Film @key(fields: "id") { id: ID!  reviews: [Review!]  stock: Int! }
    union Subject = Book | Film
    type Review @key(fields: "id") {
      id: ID!  text: String  stars: Int!  author: User!  subject: Subject
    }
    type User @key(fields: "id") {
      id: ID!  reviews: [Review!]  score: Int!  home: Address @shareable
    }
    type Address @shareable { city: String  zip: String }`,
  ratings: `${link}
    type Query { top: [Media!]! }
    type Media @key(fields: "id") @interfaceObject { id: ID!  rating: Int  tags: [String!]  critic: User }
    type User @key(fields: "id") { id: ID!  trust: Boolean }
    type Review @key(fields: "id") { id: ID!  helpful: Int }`,
};

export interface Federation {
  readonly supergraph: Supergraph;
  readonly fullSchema: GraphQLSchema;
  /** What clients see, as Apollo models it. */
  readonly apiModel: Schema;
  /** @param seed decides every value that the subgraphs answer, their nulls and their faults */
  ask(service: string, query: string, variables: JsonObject, seed: number): Promise<SubgraphAnswer>;
}

export function buildFederation(): Federation {
  const services = Object.entries(sdl).map(([name, text]) => ({
    name,
    url: `http://${name}`,
    typeDefs: parse(text),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (!supergraphSdl) throw new Error(String(errors));
  const federated = FederatedGraph.build(supergraphSdl);
  const fullSchema = federated.schema.toGraphQLJSSchema();
  const schemas = new Map(
    services.map(({ name, typeDefs }) => [
      name,
      buildSubgraphSchema([{ typeDefs, resolvers: references(name) as never }]),
    ]),
  );
  return {
    fullSchema,
    apiModel: federated.apiSchema(),
    supergraph: buildSupergraph(federated.apiSchema().toGraphQLJSSchema(), supergraphSdl),
    async ask(service, source, variableValues, seed) {
      const schema = schemas.get(service);
      if (!schema) throw new Error(`no subgraph ${service}`);
      const result = await graphql({
        schema,
        source,
        variableValues,
        contextValue: { seed },
        fieldResolver: invent as never,
        typeResolver: (value: Entity) => value.__typename,
      });
      return JSON.parse(JSON.stringify(result)) as SubgraphAnswer;
    },
  };
}

interface Entity {
  readonly __typename: string;
  readonly id?: string;
  readonly [field: string]: unknown;
}

/** Entities are found by their id, wherever they are asked for. */
function references(service: string) {
  const found = {
    __resolveReference: (reference: Entity) => (reference.id === 'u0' ? null : reference),
  };
  const made = {
    __resolveReference: ({ id }: Entity) => ({
      __typename: id?.startsWith('b') ? 'Book' : 'Film',
      id,
    }),
  };
  const own = {
    library: { Book: found, Film: found, User: found, Media: made },
    shop: { Book: found, Film: found, User: found, Review: found },
    ratings: { Media: found, User: found, Review: found },
  };
  return own[service as keyof typeof own];
}

interface Info {
  readonly fieldName: string;
  readonly returnType: { toString(): string };
  readonly schema: GraphQLSchema;
}

/** A value for any field, the same each time: it depends on the object, the field and the seed. */
function invent(parent: Entity | undefined, args: object, { seed }: { seed: number }, info: Info) {
  const { fieldName } = info;
  if (parent && fieldName in parent && fieldName !== 'home') return parent[fieldName];
  const owner = parent?.id ?? parent?.['of'] ?? 'root';
  const dice = hash(`${seed} ${String(owner)} ${fieldName} ${JSON.stringify(args)}`);
  if (seed > 0 && dice % 23 === 0) throw new Error(`no ${fieldName} of ${String(owner)}`);
  return make(info.returnType.toString(), dice, seed, `${String(owner)}.${fieldName}`);
}

function make(type: string, dice: number, seed: number, of: string): unknown {
  const name = type.replace(/!$/, '');
  if (seed > 0 && dice % (name === type ? 7 : 97) === 0) return null;
  if (name.startsWith('[')) {
    const element = name.slice(1, -1);
    return Array.from({ length: dice % 4 }, (_, n) =>
      make(element, hash(`${dice} ${n}`), seed, of),
    );
  }
  const pick = <Value>(values: readonly Value[]) => values[(dice >>> 3) % values.length];
  const entity = (typename: string) => ({
    __typename: typename,
    id: `${typename[0]?.toLowerCase()}${dice % 5}`,
  });
  const makers: Record<string, () => unknown> = {
    Media: () =>
      of.startsWith('root.top')
        ? { __typename: 'Media', id: pick(['b1', 'b2']) }
        : entity(pick(['Book', 'Film']) ?? ''),
    Product: () => entity(pick(['Book', 'Film']) ?? ''),
    Result: () => entity(pick(['Book', 'Film', 'User']) ?? ''),
    Subject: () => entity(pick(['Book', 'Film']) ?? ''),
    Kind: () => pick(['BOOK', 'FILM', 'SECRET']),
    Money: () => pick([1.5, '2.50', { amount: 3 }]),
    String: () => `text ${dice % 100}`,
    ID: () => `id ${dice % 100}`,
    Int: () => dice % 1_000,
    Float: () => (dice % 1_000) / 8,
    Boolean: () => dice % 2 === 0,
    Size: () => ({ __typename: 'Size', of }),
    Address: () => ({ __typename: 'Address', of }),
  };
  return (makers[name] ?? (() => entity(name)))();
}

export function hash(text: string): number {
  let value = 2_166_136_261;
  for (let n = 0; n < text.length; n += 1) {
    value = Math.imul(value ^ text.charCodeAt(n), 16_777_619) >>> 0;
  }
  return (value ^ (value >>> 15)) >>> 0;
}
