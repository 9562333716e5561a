// Written by scripts/generate-registry.ts from the folders. Do not edit: run `npm run generate`.
import type { RegisteredDetector, RegisteredReader } from '../core/contracts.js';

/** Every reader of the house. */
export const readers: readonly RegisteredReader[] = [];

/** Every detector of the house. */
export const detectors: readonly RegisteredDetector[] = [];
