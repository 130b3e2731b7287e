import type { GatewayContext } from '../caller.ts';
import type { Guard } from '../protection/guard.ts';
import { observeOperation } from '../telemetry.ts';
import {
  executeOperation,
  type OperationRequest,
  type OperationResult,
  type PreparedOperation,
} from './operation.ts';

export interface GuardedRequest extends OperationRequest {
  readonly context: GatewayContext;
}

/** Executes a query or mutation that its caller may send. @throws GraphQLError as the guard does */
export function executeGuarded(
  guard: Guard,
  prepared: PreparedOperation,
  request: GuardedRequest,
): Promise<OperationResult> {
  guard.check(prepared, request.variables, request.context);
  return observeOperation(prepared, () => executeOperation(prepared, request));
}
