import type { GatewayContext } from '../caller.ts';

/** What an operation may cost, by who sends it. */
export interface CostBudgets {
  readonly stranger: number;
  readonly customer: number;
  readonly partner: number;
  readonly operator: number;
}

/** The class of a caller, by the role that allows most. */
export function classOf({ identity }: GatewayContext): keyof CostBudgets {
  if (identity.userId === null) return 'stranger';
  if (identity.roles.includes('OPERATOR')) return 'operator';
  return identity.roles.includes('PARTNER') ? 'partner' : 'customer';
}
