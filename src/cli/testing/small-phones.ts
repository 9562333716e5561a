import { mkdirSync } from 'node:fs';
import { buildCalendar } from '../../../fixtures/ios-artifacts/calendar.js';
import { buildGlobalPreferences } from '../../../fixtures/ios-artifacts/settings.js';
import { buildSmsDb } from '../../../fixtures/ios-artifacts/sms.js';
import {
  type BackupFileInput,
  type BackupInput,
  type BuiltBackup,
  buildIosBackup,
} from '../../../fixtures/ios-backup.js';

/** A host that the tests list as an indicator, and that the backups of the tests hold in a message. */
export const LISTED_HOST = 'lure.example.org';
export const PASSWORD = 'correct horse ñ';
/** The message with the link, and when it came. */
export const LURE_AT = '2024-02-12T20:05:33.000000Z';

/** Three artifacts, one message with a link. */
export function smallPhone(): BackupFileInput[] {
  return [
    {
      domain: 'HomeDomain',
      path: 'Library/SMS/sms.db',
      content: buildSmsDb({
        messages: [
          { at: '2024-02-02T15:04:00Z', from: '+15550101', text: 'See you on Sunday.' },
          { at: LURE_AT, from: '+15550102', text: `Your parcel: https://${LISTED_HOST}/1` },
        ],
      }),
    },
    {
      domain: 'HomeDomain',
      path: 'Library/Calendar/Calendar.sqlitedb',
      content: buildCalendar([{ summary: 'Meeting', startsAt: '2024-03-04T15:00:00Z' }]),
    },
    {
      domain: 'HomeDomain',
      path: 'Library/Preferences/.GlobalPreferences.plist',
      content: buildGlobalPreferences({ lockdownMode: false }),
    },
  ];
}

/** Writes a small synthetic backup. */
export function writePhone(folder: string, input: Partial<BackupInput> = {}): BuiltBackup {
  mkdirSync(folder, { recursive: true });
  return buildIosBackup(folder, { files: smallPhone(), ...input });
}

/** Encrypted with `PASSWORD`, with few rounds so that tests are quick. */
export function writeEncryptedPhone(folder: string, input: Partial<BackupInput> = {}): BuiltBackup {
  return writePhone(folder, { encrypted: { password: PASSWORD, dpic: 100, iter: 100 }, ...input });
}
