import pg from 'pg';
import type { Identity } from '#kit/identity.ts';
import { newId } from '#kit/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startWallets } from './service-fixture.ts';

/** What every mutation that was not refused answers, whatever its type. */
export interface Payload {
  readonly transaction?: { readonly id: string } | null;
  readonly payment?: { readonly id: string } | null;
}

const payment = 'payment { id status failure amount }';
const transaction = `transaction { id kind bookedAt effectiveAt valueDate reason
  entries { amount wallet { currency } } }`;
/** Each mutation's input type and what it gives. */
const mutations: Readonly<Record<string, readonly [input: string, fields: string]>> = {
  deposit: ['DepositInput', `${transaction} wallet { posted }`],
  transfer: ['TransferInput', `${transaction} wallets { currency posted held }`],
  requestDeposit: ['PaymentInput', payment],
  requestWithdrawal: ['PaymentInput', payment],
  markPaymentPending: ['MovePaymentInput', payment],
  completePayment: ['MovePaymentInput', payment],
  failPayment: ['FailPaymentInput', payment],
  adjustWallet: ['AdjustWalletInput', transaction],
  exchangeForUser: ['ExchangeForUserInput', transaction],
  reverseTransaction: ['ReverseTransactionInput', transaction],
};
export const mutationNames = Object.keys(mutations);

/** The service with its mutations by name, and all that its database holds. */
export async function startMutations() {
  const wallets = await startWallets({ limit: '1000', transferLimit: '1000' });
  const client = new pg.Client({ connectionString: wallets.databaseUrl });
  await client.connect();
  return {
    /** What a mutation answers: a refusal's code, an error's code, or all the rest. */
    async act(who: Identity, name: string, given: object): Promise<Payload | string> {
      const [type, fields] = mutations[name] ?? [];
      const query = `mutation ($input: ${type}!) { ${name}(input: $input) {
        ${fields} refusal { code } } }`;
      const input = { idempotencyKey: newId(), ...given };
      const { data, errors } = await wallets.ask(who, query, { input });
      if (errors) return errors[0]?.extensions.code ?? '';
      const { refusal, ...payload } = (
        data as Record<string, Payload & { refusal: { code: string } | null }>
      )[name] ?? { refusal: null };
      return refusal?.code ?? payload;
    },
    /**
     * All rows by table, once nothing is left to seal or to send. The locks of users who have
     * nothing yet are not counted: who was asked for was locked.
     */
    async everything(): Promise<Record<string, string>> {
      await eventually(
        async () => {
          await client.query('select ledger_seal(1000)');
          return client.query(`select from journal_head
            where position = (select count(*) from ledger_transaction)
              and not exists (select from outbox_live) and not exists (select from outbox)`);
        },
        ({ rowCount }) => rowCount === 1,
      );
      const { rows: tables } = await client.query<{ name: string }>(
        `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
      );
      const found: Record<string, string> = {};
      for (const { name } of tables) {
        const locks = name === 'wallet_event_head' ? 'where sequence > 0' : '';
        const { rows } = await client.query<{ all: string }>(
          `select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t::text), ''))
             as all from ${name} as t ${locks}`,
        );
        found[name] = rows[0]?.all ?? '';
      }
      return found;
    },
    async [Symbol.asyncDispose]() {
      await client.end();
      await wallets[Symbol.asyncDispose]();
    },
  };
}

export type MutationsService = Awaited<ReturnType<typeof startMutations>>;

/** The id of what was made. @throws when it was refused */
export function idOf(answer: Payload | string): string {
  const id = typeof answer === 'string' ? null : (answer.payment ?? answer.transaction)?.id;
  if (!id) throw new Error(`nothing was made: ${JSON.stringify(answer)}`);
  return id;
}
