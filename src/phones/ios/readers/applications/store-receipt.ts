import { fromDate } from '../../../../core/time.js';
import {
  asDictionary,
  asText,
  type PlistDictionary,
  type PlistValue,
} from '../../../../evidence/plist/plist.js';

/** What the App Store leaves beside an app it installed (`iTunesMetadata`). */
export interface StoreReceipt {
  /** Bundle id as the store knows it; a receipt without one did not come from the store as it is. */
  readonly bundleId: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly publisher: string | null;
  /** The app that asked for the installation: `com.apple.AppStore`, a management agent, another market place. */
  readonly installer: string | null;
  readonly purchasedAt: string | null;
}

/**
 * Reads a parsed `iTunesMetadata` property list.
 *
 * @example
 * storeReceiptOf(asDictionary(parsePlist(bytes))).installer; // 'com.apple.AppStore'
 */
export function storeReceiptOf(metadata: PlistDictionary): StoreReceipt {
  const download = asDictionary(metadata['com.apple.iTunesStore.downloadInfo']);
  return {
    bundleId: asText(metadata.softwareVersionBundleId),
    name: asText(metadata.itemName) ?? asText(metadata.bundleDisplayName),
    version: asText(metadata.bundleShortVersionString) ?? asText(metadata.bundleVersion),
    publisher: asText(metadata.artistName),
    installer: asText(metadata.sourceApp),
    purchasedAt: purchaseTime(download?.purchaseDate) ?? purchaseTime(metadata.purchaseDate),
  };
}

/**
 * A date of the store: `2021-03-04T05:06:07Z`, or a property-list date. The text ends in Z and is UTC, whatever the
 * time zone of the phone or of this computer.
 */
export function purchaseTime(value: PlistValue | undefined): string | null {
  if (value instanceof Date) return fromDate(value);
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return null;
  return fromDate(new Date(value));
}
