import { CompiledQuery } from 'kysely';
import { hasCode, type EntityManager } from './orm.ts';

export interface PreparedStatement {
  /** By this name each connection keeps it. */
  readonly name: string;
  /** With $1, $2, … for the values. */
  readonly text: string;
}

/**
 * Runs a hot statement, in the transaction of `em` where it has one: each connection parses and
 * plans it once. `em.execute` writes the values into the text, which PostgreSQL then reads anew.
 *
 * A connection whose statement has become useless would refuse it for ever: so it gets a new name,
 * by which all connections prepare it again, and is run once more where there is no transaction,
 * which has failed.
 */
export async function executePrepared<Row>(
  em: EntityManager,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const transaction = em.getTransactionContext<Executor>();
  const executor = transaction ?? em.getConnection().getClient();
  const name = names.get(statement.text) ?? statement.name;
  try {
    return await execute(executor, { ...statement, name }, values);
  } catch (error) {
    if (!useless.some((code) => hasCode(error, code))) throw error;
    // Only who is first renames it: others may have failed by the old name at the same time.
    if ((names.get(statement.text) ?? statement.name) === name) {
      renamed += 1;
      names.set(statement.text, `${statement.name}_${renamed}`);
    }
    if (transaction) throw error;
    return execute(executor, { ...statement, name: names.get(statement.text) ?? name }, values);
  }
}

/**
 * SQLSTATEs: 26000, the connection has no such statement (DISCARD ALL, a proxy's other connection);
 * 0A000 and XX000, its result or the type of an argument was made anew, by a migration or a restored
 * backup. Nothing was done.
 */
const useless = ['26000', '0A000', 'XX000'];

/** The present names, by text. */
const names = new Map<string, string>();
let renamed = 0;

async function execute<Row>(
  executor: Executor,
  { name, text }: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  // Kysely hands what should be a text to pg as it is, which takes a text with a name as well.
  const named = { name, text } as unknown as string;
  const { rows } = await executor.executeQuery<Row>(CompiledQuery.raw(named, [...values]));
  return rows;
}

type Executor = ReturnType<ReturnType<EntityManager['getConnection']>['getClient']>;
