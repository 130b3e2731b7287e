import fc from 'fast-check';

/**
 * The gate asks the same random questions each time, so that it only turns red by a change.
 * PROPERTY_SEED=random asks new ones; PROPERTY_SEED=N repeats those of a failure.
 */
const given = process.env['PROPERTY_SEED'] ?? '20261123';
if (given !== 'random') fc.configureGlobal({ seed: Number(given) });
