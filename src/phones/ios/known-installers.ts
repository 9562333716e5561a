/**
 * What puts apps on an iPhone in the ordinary way, as the store's receipt names it (`sourceApp`). Whoever adds an entry
 * says where it was seen; users of peers were frightened by ordinary ones (mvt issues 348, 383, 487, 495).
 */
const ORDINARY_INSTALLERS: ReadonlySet<string> = new Set([
  'com.apple.AppStore',
  // Page of an app shown inside another app (mvt issue 383).
  'com.apple.AppStore.ProductPageExtension',
  // Device management by an employer or school.
  'com.apple.dmd',
  'dmd',
  // Apps transferred from a computer, or fetched again after a restore (mvt issue 495).
  'com.apple.datausage.atc',
  // Apple's own apps that fetch themselves or each other (mvt issue 348).
  'com.apple.Keynote',
  'com.apple.Numbers',
  'com.apple.Pages',
]);

/** How an installer is to be taken. */
export type InstallerKind = 'ordinary' | 'apple' | 'other';

/**
 * `apple`: a part of the system that is not in the list (iMessage's app drawer, TestFlight). `other`: anything else,
 * such as another market place, which phones in the European Union may have since 2024.
 */
export function installerKindOf(installer: string): InstallerKind {
  if (ORDINARY_INSTALLERS.has(installer)) return 'ordinary';
  return isApples(installer) ? 'apple' : 'other';
}

/** Whether an id is one of Apple's. Shortcuts was bought and kept its name. */
export function isApples(appId: string): boolean {
  return /^com\.apple\./i.test(appId) || appId === 'is.workflow.my.app';
}
