import { allow } from 'graphql-shield';
import { isAuthenticated } from '#kit/rules.ts';

/** Every user may see every price; a stranger none, and an entity reference of a stranger is null. */
export const permissions = {
  Query: { instruments: isAuthenticated, instrument: isAuthenticated, quotes: isAuthenticated },
  Subscription: { quotes: isAuthenticated },
  Instrument: { '*': isAuthenticated, symbol: allow },
  Quote: { '*': isAuthenticated },
};
