import { expect, it } from 'vitest';
import { MemoryBudget } from './memory-budget.js';

it('gives out no more than there is, and takes it back', () => {
  const budget = new MemoryBudget(100);

  expect(budget.take(60)).toBe(true);
  expect(budget.take(60)).toBe(false);
  expect(budget.taken).toBe(60);
  budget.give(60);
  expect(budget.take(100)).toBe(true);
});
