import { CompiledQuery } from 'kysely';
import type { EntityManager } from './orm.ts';

export interface PreparedStatement {
  /** By this name each connection keeps it. */
  readonly name: string;
  /** With $1, $2, … for the values. */
  readonly text: string;
}

/**
 * Runs a hot statement, in the transaction of `em` where it has one: each connection parses and
 * plans it once. `em.execute` writes the values into the text, which PostgreSQL then reads anew.
 */
export async function executePrepared<Row>(
  em: EntityManager,
  { name, text }: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const executor = em.getTransactionContext<Executor>() ?? em.getConnection().getClient();
  // Kysely hands what should be a text to pg as it is, which takes a text with a name as well.
  const named = { name, text } as unknown as string;
  const { rows } = await executor.executeQuery<Row>(CompiledQuery.raw(named, [...values]));
  return rows;
}

type Executor = ReturnType<ReturnType<EntityManager['getConnection']>['getClient']>;
