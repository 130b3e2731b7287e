import { expect, test } from '@jest/globals';
import { changeBook, emptyBook, replaceBook, topOf } from './book.ts';

const entry = (side: 'BID' | 'ASK', id: string, price: string) => ({
  side,
  id,
  price,
  quantity: '1',
});

test('the best bid is the highest and the best ask the lowest, as numbers', () => {
  const book = emptyBook();
  replaceBook(book, [
    entry('BID', '1', '99.5'),
    entry('BID', '2', '100.5'),
    entry('ASK', '1', '101.5'),
    entry('ASK', '2', '1000'),
  ]);
  expect(topOf(book)).toEqual({
    bid: { price: '100.5', quantity: '1' },
    ask: { price: '101.5', quantity: '1' },
  });
});

test('changes apply by side and id, a snapshot forgets, and an empty side is null', () => {
  const book = emptyBook();
  replaceBook(book, [entry('BID', '1', '99'), entry('ASK', '1', '101')]);
  changeBook(book, [
    { action: 'DELETE', side: 'BID', id: '1' },
    { action: 'SET', entry: entry('ASK', '1', '100') },
  ]);
  expect(topOf(book)).toEqual({ bid: null, ask: { price: '100', quantity: '1' } });
  replaceBook(book, []);
  expect(topOf(book)).toEqual({ bid: null, ask: null });
});
