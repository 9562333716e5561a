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

it('ends what holds bytes when there is no room, and what is being ended may take some until it is over', () => {
  const held = [60, 30];
  const nested: boolean[] = [];
  const budget: MemoryBudget = new MemoryBudget(100, () => {
    const bytes = held.shift();
    if (bytes === undefined) return false;
    nested.push(budget.take(80));
    budget.give(bytes + 80);
    return true;
  });
  budget.take(60);
  budget.take(30);

  expect(budget.take(80)).toBe(true);
  expect(nested).toEqual([true, true]);
  expect(budget.taken).toBe(80);
  expect(budget.take(30)).toBe(false);
  expect(budget.take(101)).toBe(false);
  expect(budget.taken).toBe(80);
});
