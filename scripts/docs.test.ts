import { expect, it } from '@jest/globals';
import { staleDocuments } from './docs.ts';

it('generated documents are as `npm run docs` writes them', () => {
  expect(staleDocuments()).toEqual([]);
});
