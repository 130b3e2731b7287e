import type { ApiKey } from '../../domain/api-key.ts';

/** What the fields of an ApiKey are resolved from. */
export type ApiKeyModel = ApiKey;
