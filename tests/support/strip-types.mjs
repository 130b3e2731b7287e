import { stripTypeScriptTypes } from 'node:module';

/**
 * Jest's transform: the same type stripping that Node itself does, so that a test runs what
 * production runs. Types become blanks: lines and columns stay true without source maps.
 */
export default {
  canInstrument: false,
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
