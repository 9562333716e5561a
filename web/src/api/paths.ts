/** The contract with the server: its types, and the constants that hold no schema. */
export type * from '../../../src/server/api/api.js';
export { API, HISTOGRAM_AXIS, UPLOAD_PART_BYTES } from '../../../src/server/api/constants.js';
