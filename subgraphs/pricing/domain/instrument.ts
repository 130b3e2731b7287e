/** A currency pair that can be traded; decimals are plain text. */
export interface Instrument {
  readonly symbol: string;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly tickSize: string;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly minimumQuantity: string;
  readonly maximumQuantity: string;
}
