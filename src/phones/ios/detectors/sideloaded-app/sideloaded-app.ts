import type { Detector, FindingDraft } from '../../../../core/contracts.js';
import type { App } from '../../../../records/kinds/app.js';
import { isApples } from '../../known-installers.js';
import { earliest, pointersOf, Sightings, shown, yesNo } from '../../sightings.js';

/**
 * An app without a receipt of the store: a company's own app, a developer's, a test version, one put there by a
 * computer, or one put there by somebody with access to the phone. Peers see none of them, since the missing receipt
 * ends their reading.
 *
 * Shows how the app did not come. Does not show what it does. Apps of Apple come with the system and are left out, so
 * an app that borrows Apple's prefix is not seen here.
 */
export const detector: Detector<App> = {
  id: 'ios/sideloaded-app',
  version: 1,
  watches: ['app'],
  references: [
    'https://docs.mvt.re/en/latest/ios/records/',
    'https://github.com/mvt-project/mvt/issues/511',
    'https://support.apple.com/guide/deployment/depce7cefc4d/web',
  ],

  start() {
    const sightings = new Sightings<App>();
    return {
      see(record) {
        if (record.storeReceipt !== null && !isApples(record.appId)) sightings.add(record, record.appId);
      },
      end: () => sightings.groups().flatMap(findingOf),
    };
  },
};

function findingOf(records: readonly App[]): FindingDraft[] {
  // One place in the evidence may lack the receipt that another holds.
  if (records.some(({ storeReceipt }) => storeReceipt)) return [];
  const first = records[0];
  const name = records.find((record) => record.name)?.name ?? null;
  const isListed = records.some(({ seenIn }) => seenIn.some((place) => place !== 'data-folder'));
  return [
    {
      severity: isListed ? 'medium' : 'low',
      confidence: isListed ? 'medium' : 'low',
      shows: isListed ? 'oddity' : 'advice',
      ...(isListed ? {} : { variant: 'data-only' }),
      values: { app: shown(first?.appId ?? ''), hasName: yesNo(name !== null), name: shown(name ?? '') },
      at: earliest(records.map(({ at }) => at)),
      evidence: pointersOf(records),
    },
  ];
}
