import {
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
  type DocumentNode,
  type ValidationRule,
} from 'graphql';
import type { OperationLimits } from '../config.ts';
import type { Operations } from '../executor/operations.ts';
import { limitOperations } from '../limits.ts';
import {
  OperationErrors,
  parseOperation,
  type OperationPlanner,
} from '../subscriptions/operation.ts';
import type { Supergraph } from '../supergraph.ts';

/** What is wrong with an operation; nothing: it is planned, so that its first sender need not wait. */
export type CheckOperation = (body: string) => readonly string[];

export interface CheckSettings {
  readonly supergraph: () => Supergraph;
  readonly operations: Operations;
  readonly planner: OperationPlanner;
  readonly limits: OperationLimits;
  readonly introspection: boolean;
}

const mostProblems = 10;
const longestProblem = 300;

export function createOperationCheck(settings: CheckSettings): CheckOperation {
  const { supergraph, operations, planner, limits, introspection } = settings;
  const rules: readonly ValidationRule[] = [
    ...specifiedRules,
    limitOperations(limits),
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];

  function plan(body: string, document: DocumentNode): void {
    const operation = getOperationAST(document);
    if (!operation) throw new Error('it has no operation, or several');
    // Senders of an id need not name the operation.
    for (const name of [operation.name?.value, undefined]) {
      if (operation.operation === 'subscription') planner.plan(body, name);
      else operations.prepare(body, document, name);
    }
  }

  return (body) => {
    try {
      const document = parseOperation(body, limits.tokens);
      const errors = validate(supergraph().apiSchema, document, rules);
      if (errors.length > 0) return present(errors.map(({ message }) => message));
      plan(body, document);
      return [];
    } catch (error) {
      if (error instanceof OperationErrors) {
        return present(error.errors.map(({ message }) => message));
      }
      return present([error instanceof Error ? error.message : String(error)]);
    }
  };
}

const present = (messages: readonly string[]) =>
  messages.slice(0, mostProblems).map((message) => message.slice(0, longestProblem));
