import { ApolloGateway } from '@apollo/gateway';
import {
  operationFromDocument,
  Supergraph as FederatedGraph,
  type Schema,
} from '@apollo/federation-internals';
import { QueryPlanner, type QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Logger } from '#kit/log.ts';
import { silenceApolloTelemetry } from './config.ts';
import { forApollo } from './apollo-logger.ts';
import type { SubgraphDataSource } from './data-source.ts';
import { createPlannable } from './executor/plannable.ts';
import { aliasRequiredArguments, type RequiredFields } from './executor/required-arguments.ts';
import { createTypeConditions, type TypeConditions } from './executor/types.ts';
import { dropUnresolvableKeys } from './executor/unresolvable-keys.ts';
import { asEnforced, readProtection, type ProtectionMarks } from './protection/marks.ts';
import { readLiveMarks, type LiveMarks } from './subscriptions/marks.ts';

/** One version of the supergraph, with all that planning and executing by it needs. */
export interface Supergraph {
  /** What clients see. */
  readonly apiSchema: GraphQLSchema;
  /** Which types are which, with those that clients do not see. */
  readonly typeConditions: TypeConditions;
  /** What the subgraph itself offers. */
  subgraphModel(name: string): Schema | undefined;
  /** @param document valid by the API's schema @throws GraphQLError when it cannot be planned */
  plan(document: DocumentNode, operationName?: string): QueryPlan;
  /** What must be known of an entity before a subgraph is asked for a field. */
  readonly requiredFields: RequiredFields;
  /** What subgraphs say of their live fields. */
  readonly marks: LiveMarks;
  /** What fields ask of their readers, and what they cost. */
  readonly protection: ProtectionMarks;
}

export interface SubgraphAddress {
  readonly name: string;
  readonly url: string;
}

/** The subgraphs of a supergraph, with the addresses that are written in it. */
export function subgraphsOf(supergraphSdl: string): readonly SubgraphAddress[] {
  const federated = FederatedGraph.build(asEnforced(supergraphSdl));
  // A protection that could not be kept is found before anything is started with it.
  readProtection(federated.schema);
  return federated.subgraphsMetadata();
}

/** Where the supergraph in force is asked for; later versions replace it. */
export interface SupergraphHolder {
  readonly gateway: ApolloGateway;
  /** @throws Error before the gateway is loaded */
  current(): Supergraph;
  /** Called with each later version, as soon as it is in force. */
  onChange(changed: () => void): void;
  /**
   * Puts another version in force.
   * @throws Error when it is no supergraph that we can serve; the old one stays in force
   */
  replace(supergraphSdl: string): Promise<void>;
}

/** Apollo's gateway, and beside it an own planner for what it does not execute: subscriptions. */
export function createSupergraphHolder(
  supergraphSdl: string,
  dataSource: (name: string) => SubgraphDataSource,
  logger: Logger,
): SupergraphHolder {
  silenceApolloTelemetry();
  let update: ((supergraphSdl: string) => void) | undefined;
  const gateway = new ApolloGateway({
    supergraphSdl: async (options) => {
      update = (sdl) => options.update(asEnforced(sdl));
      return { supergraphSdl: asEnforced(supergraphSdl) };
    },
    buildService: ({ name }) => dataSource(name),
    logger: forApollo(logger),
    validateSupergraph: true,
    __exposeQueryPlanExperimental: false,
  });
  let current: Supergraph | undefined;
  let changed: (() => void) | undefined;
  gateway.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    const first = current === undefined;
    current = buildSupergraph(apiSchema, coreSupergraphSdl);
    if (!first) changed?.();
  });
  return {
    gateway,
    current() {
      if (!current) throw new Error('the supergraph is not loaded yet');
      return current;
    },
    onChange: (callback) => void (changed = callback),
    async replace(sdl) {
      const federated = FederatedGraph.build(asEnforced(sdl));
      // What cannot be planned must fail here, and not after the old one is gone.
      buildSupergraph(federated.apiSchema().toGraphQLJSSchema(), sdl);
      for (const { name, url } of federated.subgraphsMetadata()) {
        if (!URL.canParse(url)) throw new Error(`subgraph ${name} has no address`);
      }
      if (!update) throw new Error('the supergraph is not loaded yet');
      update(sdl);
    },
  };
}

/** @param apiSchema what clients see of it */
export function buildSupergraph(apiSchema: GraphQLSchema, supergraphSdl: string): Supergraph {
  const federated = FederatedGraph.build(asEnforced(supergraphSdl));
  dropUnresolvableKeys(federated.schema);
  const subgraphs = federated.subgraphs();
  const planner = new QueryPlanner(federated);
  const apiModel = federated.apiSchema();
  const plannable = createPlannable(apiSchema, federated.schema);
  return {
    apiSchema,
    typeConditions: createTypeConditions(federated.schema.toGraphQLJSSchema()),
    subgraphModel: (name) => subgraphs.get(name)?.schema,
    plan(document, operationName) {
      const options = operationName === undefined ? {} : { operationName };
      return planner.buildQueryPlan(operationFromDocument(apiModel, plannable(document), options));
    },
    requiredFields: aliasRequiredArguments(planner),
    marks: readLiveMarks(federated.schema),
    protection: readProtection(federated.schema),
  };
}
