/** A seeded source of chance: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform over the integers from `low` to `high`, both included; high - low below 2^31. */
  between(low: bigint, high: bigint): bigint;
  /** Standard normal, in units of 2^-20. */
  normal(): bigint;
}

export const normalUnit = 1n << 20n;

export function createRandom(seed: string): Random {
  const next = sfc32(seed);
  return {
    between(low, high) {
      // The modulo's bias is the range over 2^32: nobody trades on it.
      return low + (BigInt(next()) % (high - low + 1n));
    },
    normal() {
      // Irwin and Hall: twelve uniforms have the variance one, and integers stay exact.
      let sum = 0n;
      for (let index = 0; index < 12; index += 1) sum += BigInt(next() >>> 12);
      return sum - 6n * normalUnit;
    },
  };
}

/** Chris Doty-Humphrey's small fast counting generator, PractRand; unsigned 32-bit integers. */
function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [hash(seed, 1), hash(seed, 2), hash(seed, 3), 1];
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let index = 0; index < 20; index += 1) next(); // the first numbers still show the seed
  return next;
}

/** FNV-1a over UTF-16 units. */
function hash(text: string, salt: number): number {
  let value = 0x811c9dc5 ^ salt;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value;
}
