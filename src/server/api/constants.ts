/** What the page needs of the contract besides types. */
export const API = '/api/v1';

/** A piece of an upload; the last may be shorter. */
export const UPLOAD_PART_BYTES = 16 * 1024 * 1024;
