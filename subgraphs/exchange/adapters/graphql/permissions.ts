import { allow } from 'graphql-shield';
import { isAuthenticated } from '#kit/rules.ts';

/**
 * A rule for every field. Whose an order or execution is, is asked again where it is loaded: what
 * the caller may not see is null there.
 */
export const permissions = {
  Query: { venues: isAuthenticated },
  Order: { id: allow, venue: allow, venueOrderId: allow, executions: allow },
  Execution: { '*': isAuthenticated },
  Venue: { '*': isAuthenticated },
};
