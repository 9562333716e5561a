/** What the page needs of the contract besides types. */
export const API = '/api/v1';

/** A piece of an upload; the last may be shorter. */
export const UPLOAD_PART_BYTES = 16 * 1024 * 1024;

/** Where the picture of the line of time has its axis: pixels of its width, from the left to the right edge of the counts. */
export const HISTOGRAM_AXIS = { width: 960, left: 70, right: 940 } as const;
