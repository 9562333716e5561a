/** Records for tests of detectors: a plain one of each kind, with the given fields in place of its own. */
import type { App } from '../kinds/app.js';
import type { Attachment } from '../kinds/attachment.js';
import type { CalendarEvent } from '../kinds/calendar-event.js';
import type { Chat } from '../kinds/chat.js';
import type { ConfigurationProfile } from '../kinds/configuration-profile.js';
import type { Device } from '../kinds/device.js';
import type { Message } from '../kinds/message.js';
import type { Permission } from '../kinds/permission.js';
import type { Preference } from '../kinds/preference.js';
import type { ProcessUsage } from '../kinds/process-usage.js';
import type { ProfileEvent } from '../kinds/profile-event.js';
import type { UrlVisit } from '../kinds/url-visit.js';

/** A stored time from its usual form: `2024-02-14T14:12:41Z`, `2024-02-14T14:12:41.19Z`. */
export function time(text: string): string {
  return `${new Date(text).toISOString().slice(0, -1)}000Z`;
}

const source = (path: string, locator: string) => ({ evidence: 'e1', path, locator });

export const device = (fields: Partial<Device> = {}): Device => ({
  kind: 'device',
  at: time('2024-04-20T18:30:00Z'),
  source: source('Info.plist', ''),
  platform: 'ios',
  name: 'iPhone de ejemplo',
  model: 'iPhone14,5',
  modelName: 'iPhone 13',
  osVersion: '17.4.1',
  osBuild: null,
  serialNumber: null,
  imei: null,
  phoneNumber: null,
  fields: {},
  ...fields,
});

export const preference = (fields: Partial<Preference> = {}): Preference => ({
  kind: 'preference',
  at: null,
  source: source('HomeDomain/Library/Preferences/.GlobalPreferences.plist', 'LDMGlobalEnabled'),
  domain: '.GlobalPreferences',
  key: 'LDMGlobalEnabled',
  valueJson: 'true',
  ...fields,
});

/** A usage row with its process row; `usageId` names the place. */
export const usage = (fields: Partial<ProcessUsage> = {}): ProcessUsage => ({
  kind: 'process-usage',
  at: time('2024-02-14T14:13:21Z'),
  source: source(
    'WirelessDomain/Library/Databases/DataUsage.sqlite',
    `ZLIVEUSAGE ROWID ${fields.usageId ?? 1}`,
  ),
  processName: 'MobileSafari/com.apple.mobilesafari',
  bundleId: 'com.apple.mobilesafari',
  processId: 1,
  usageId: 1,
  usageProcessId: 1,
  firstAt: time('2024-02-01T08:00:00Z'),
  lastAt: time('2024-02-14T14:13:21Z'),
  wifiInBytes: 0,
  wifiOutBytes: 0,
  cellularInBytes: 0,
  cellularOutBytes: 0,
  ...fields,
});

export const calendarEvent = (fields: Partial<CalendarEvent> = {}): CalendarEvent => ({
  kind: 'calendar-event',
  at: time('2021-03-01T10:00:00Z'),
  source: source('HomeDomain/Library/Calendar/Calendar.sqlitedb', 'CalendarItem ROWID 1'),
  summary: 'Meeting',
  description: 'Notes',
  url: null,
  endAt: time('2021-03-01T11:00:00Z'),
  createdAt: time('2021-02-20T09:00:00Z'),
  modifiedAt: null,
  allDay: false,
  organizerEmail: null,
  organizerPhoneNumber: null,
  organizerModifiedAt: null,
  attendeeEmails: [],
  ...fields,
});

/** An SMS that came in, with neither text nor links. */
export const message = (fields: Partial<Message> = {}): Message => ({
  kind: 'message',
  at: time('2024-02-14T14:12:00Z'),
  source: source('HomeDomain/Library/SMS/sms.db', 'message ROWID 1'),
  service: 'sms',
  direction: 'incoming',
  sender: '+15550100',
  senderName: null,
  recipients: [],
  chat: null,
  text: null,
  links: [],
  readAt: null,
  deliveredAt: null,
  ...fields,
});

export const attachment = (fields: Partial<Attachment> = {}): Attachment => ({
  kind: 'attachment',
  at: time('2023-05-02T03:04:05Z'),
  source: source('HomeDomain/Library/SMS/sms.db', 'attachment ROWID 1'),
  service: 'imessage',
  direction: 'incoming',
  sender: 'someone@example.org',
  filePath: '/private/var/tmp/example-1',
  transferName: null,
  mimeType: null,
  sizeBytes: null,
  startedAt: null,
  ...fields,
});

/** A visit; `visitId` names the place. */
export const visit = (fields: Partial<UrlVisit> = {}): UrlVisit => ({
  kind: 'url-visit',
  at: time('2024-02-14T14:12:41Z'),
  source: source('HomeDomain/Library/Safari/History.db', `history_visits ROWID ${fields.visitId ?? 1}`),
  browser: 'safari',
  url: 'https://example.org/',
  title: null,
  visitId: 1,
  redirectSourceVisitId: null,
  redirectDestinationVisitId: null,
  ...fields,
});

/** A payload of a configuration profile. */
export const payload = (type: string, hosts: string[] = []): ConfigurationProfile['payloads'][number] => ({
  type,
  uuid: null,
  identifier: null,
  displayName: null,
  hosts,
});

export const profile = (fields: Partial<ConfigurationProfile> = {}): ConfigurationProfile => ({
  kind: 'configuration-profile',
  at: time('2024-02-16T22:40:10Z'),
  source: source('ConfigurationProfiles/profile-1.stub', ''),
  uuid: '00000000-0000-4000-8000-000000000001',
  identifier: 'com.example.profile',
  displayName: 'Perfil de ejemplo',
  description: null,
  organization: null,
  payloads: [],
  removalDisallowed: null,
  signerCertSha256: [],
  ...fields,
});

export const profileEvent = (fields: Partial<ProfileEvent> = {}): ProfileEvent => ({
  kind: 'profile-event',
  at: time('2024-02-16T22:40:10Z'),
  source: source('ConfigurationProfiles/MCProfileEvents.plist', 'ProfileEvents > 0 > com.example.profile'),
  profileId: 'com.example.profile',
  operation: 'install',
  process: 'Preferences',
  ...fields,
});

/** An app without a receipt of the store; `appId` names the place. */
export const app = (fields: Partial<App> = {}): App => ({
  kind: 'app',
  at: null,
  source: source('Info.plist', `Applications > ${fields.appId ?? 'com.example.chat'}`),
  appId: 'com.example.chat',
  name: null,
  version: null,
  publisher: null,
  installer: null,
  storeReceipt: false,
  seenIn: ['installed-list'],
  certSha1: null,
  certSha256: null,
  sha256: null,
  ...fields,
});

/** An app that came through the store. */
export const storeApp = (fields: Partial<App> = {}): App =>
  app({
    at: time('2023-05-06T07:08:09Z'),
    installer: 'com.apple.AppStore',
    storeReceipt: true,
    seenIn: ['installed-list', 'receipt'],
    ...fields,
  });

export const permission = (fields: Partial<Permission> = {}): Permission => ({
  kind: 'permission',
  at: time('2024-02-16T22:51:00Z'),
  source: source(
    'HomeDomain/Library/TCC/TCC.db',
    `access ROWID ${fields.client ?? 'com.example.chat'} ${fields.service ?? 'kTCCServiceMicrophone'}`,
  ),
  service: 'kTCCServiceMicrophone',
  client: 'com.example.chat',
  clientType: 'bundle-id',
  decision: 'allowed',
  reason: null,
  ...fields,
});

export const chat = (fields: Partial<Chat> = {}): Chat => ({
  kind: 'chat',
  at: time('2024-04-15T20:00:00Z'),
  source: source('ChatStorage.sqlite', 'ZWACHATSESSION ROWID 1'),
  service: 'whatsapp',
  address: '120000000000000001@g.us',
  phoneNumber: null,
  name: 'Redacción',
  isGroup: true,
  archived: null,
  removed: null,
  messageCounter: null,
  storedMessageCount: 1,
  firstMessageAt: time('2024-04-01T15:00:00Z'),
  lastStoredMessageAt: time('2024-04-01T15:00:00Z'),
  groupCreatedAt: null,
  ...fields,
});
