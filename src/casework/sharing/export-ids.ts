/** Names and ids that say nothing about what they stand for, and differ between two exports. */
import { createHash, createHmac } from 'node:crypto';
import { SharingError } from './shareable.js';

const MIN_KEY_BYTES = 32;

/** Cyber-observable objects of STIX 2.1 get their id from their content under this namespace (STIX 2.1, 2.9). */
const STIX_OBSERVABLES = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** Ids and pseudonyms of one export. */
export interface ExportIds {
  /** Pseudonym of a value: a prefix and ten hexadecimal digits of HMAC-SHA-256 under the key of this export. */
  pseudonym(prefix: string, value: string): string;
  /** UUID version 5 (RFC 9562, 5.5) under a namespace that only the key of this export gives. */
  uuid(kind: string, seed: string): string;
}

/** @throws SharingError when the key is too short to hide anything */
export function exportIds(key: Uint8Array): ExportIds {
  if (key.byteLength < MIN_KEY_BYTES) throw new SharingError('export-key-too-short');
  const namespace = createHmac('sha256', key).update('vigia-sharing namespace').digest().subarray(0, 16);
  return {
    pseudonym: (prefix, value) => {
      const digest = createHmac('sha256', key)
        .update(`vigia-sharing pseudonym\0${prefix}\0${value}`)
        .digest('hex');
      return `${prefix}-${digest.slice(0, 10)}`;
    },
    uuid: (kind, seed) => uuid5(namespace, `${kind}\0${seed}`),
  };
}

/**
 * Id of a cyber-observable object, the same wherever it is written.
 *
 * @param contributing - its id contributing properties, as JSON with sorted keys (RFC 8785)
 */
export function observableId(type: string, contributing: string): string {
  return `${type}--${uuid5(Buffer.from(STIX_OBSERVABLES.replaceAll('-', ''), 'hex'), contributing)}`;
}

function uuid5(namespace: Uint8Array, name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
