/** An instrument as a venue lists it; decimals are plain text. */
export interface ListedInstrument {
  readonly symbol: string;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly tickSize: string;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly minimumQuantity: string;
  readonly maximumQuantity: string;
}

/** Whether two listings say the same. */
export const sameListing = (one: ListedInstrument, other: ListedInstrument): boolean =>
  keys.every((key) => one[key] === other[key]);

const keys = [
  'symbol',
  'baseCurrency',
  'quoteCurrency',
  'tickSize',
  'priceScale',
  'quantityScale',
  'minimumQuantity',
  'maximumQuantity',
] as const satisfies readonly (keyof ListedInstrument)[];
