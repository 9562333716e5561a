import { describe, expect, it } from 'vitest';
import { modelNameOf } from './apple-models.js';

describe('names of Apple models', () => {
  it('knows old and new phones, tablets and players', () => {
    expect(modelNameOf('iPhone9,3')).toBe('iPhone 7');
    expect(modelNameOf('iPhone17,1')).toBe('iPhone 16 Pro');
    expect(modelNameOf('iPad13,18')).toBe('iPad (10th generation)');
    expect(modelNameOf('iPod9,1')).toBe('iPod touch (7th generation)');
  });

  it('gives null for what it does not know, also for names every object has', () => {
    expect(modelNameOf('iPhone99,1')).toBeNull();
    expect(modelNameOf('constructor')).toBeNull();
  });
});
