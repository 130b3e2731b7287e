import { Kind, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { GatewayContext } from '../caller.ts';
import { fault } from '../errors.ts';
import type { Supergraph } from '../supergraph.ts';
import { checkAccess, selectedBy, type Selected } from './access.ts';
import { classOf, type CostBudgets } from './caller-class.ts';
import { compileCost } from './cost.ts';

export interface Guard {
  /**
   * Decides before each execution whether this caller may do it, and counts it.
   * @throws GraphQLError UNAUTHENTICATED, FORBIDDEN, COST_LIMIT_EXCEEDED, or BAD_USER_INPUT for
   *   variables that are nested too deeply
   */
  check(
    operation: GuardedOperation,
    variables: Readonly<Record<string, unknown>>,
    context: GatewayContext,
  ): void;
}

export interface GuardedOperation {
  readonly supergraph: Supergraph;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

export interface GuardSettings {
  readonly budgets: CostBudgets;
  /** How long a list is taken to be that says nothing of its size. */
  readonly listSize: number;
  /** Hears of every execution. */
  count(operation: OperationDefinitionNode, selected: Selected, context: GatewayContext): void;
}

/** All that is known of an operation before it is executed. */
interface Facts {
  readonly supergraph: Supergraph;
  readonly selected: Selected;
  readonly cost: (variables: Readonly<Record<string, unknown>>) => number;
  /** What an API key needs for it. */
  readonly scope: string;
}

export function createGuard(settings: GuardSettings): Guard {
  const { budgets, listSize } = settings;
  const known = new WeakMap<OperationDefinitionNode, Facts>();

  function learn({ supergraph, document, operation }: GuardedOperation): Facts {
    const { apiSchema, protection } = supergraph;
    const alone: DocumentNode = {
      kind: Kind.DOCUMENT,
      definitions: [
        operation,
        ...document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION),
      ],
    };
    return {
      supergraph,
      selected: selectedBy(apiSchema, protection, alone),
      cost: compileCost(apiSchema, protection, alone, operation, listSize),
      scope: scopeOf(operation),
    };
  }

  return {
    check(guarded, variables, context) {
      if (isDeeperThan(mostLevels, variables)) {
        const message = `variables may be nested ${mostLevels} levels deep`;
        throw fault('BAD_USER_INPUT', message, { status: 400 });
      }
      let facts = known.get(guarded.operation);
      if (!facts || facts.supergraph !== guarded.supergraph) {
        facts = learn(guarded);
        known.set(guarded.operation, facts);
      }
      if (context.key && !context.key.scopes.includes(facts.scope)) {
        throw fault('FORBIDDEN', `this API key lacks the scope \`${facts.scope}\``, {
          status: 403,
        });
      }
      checkAccess(facts.selected.asked, context);
      const budget = budgets[classOf(context)];
      const cost = budget === Infinity ? 0 : facts.cost(variables);
      if (cost > budget) {
        const message = `the operation may cost ${cost}; at most ${budget} is allowed`;
        throw fault('COST_LIMIT_EXCEEDED', message, { status: 400 });
      }
      settings.count(guarded.operation, facts.selected, context);
    },
  };
}

/** Whatever walks through JSON by recursion, JSON.stringify too, fails beyond some thousands. */
const mostLevels = 200;

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner)));

/** A program that only publishes operations needs no right to trade. */
function scopeOf({ operation, selectionSet }: OperationDefinitionNode): string {
  if (operation !== 'mutation') return 'read';
  const publishes = selectionSet.selections.every(
    (one) => one.kind === Kind.FIELD && one.name.value === 'publishOperations',
  );
  return publishes ? 'publish' : 'write';
}
