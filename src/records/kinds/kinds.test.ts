import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EvidenceRecord, Observable, RecordKind, TimelineEntry } from '../../core/contracts.js';
import { recordKinds } from '../kinds.generated.js';

const AT = '2024-02-12T20:05:33.123456Z';
const LATER = '2024-02-12T20:31:00.000000Z';
const source = { evidence: 'e1', path: 'a.db', locator: 'row 1' };

interface Example {
  readonly says: string;
  readonly record: EvidenceRecord & Readonly<Record<string, unknown>>;
  readonly observables: readonly string[];
  readonly timeline: readonly string[];
}

const at = { at: AT, source };
const undated = { at: null, source };

const message = {
  kind: 'message',
  ...at,
  service: 'sms',
  direction: 'incoming',
  sender: '+15550100',
  senderName: null,
  recipients: [],
  chat: null,
  text: 'Vea https://example.org/a',
  links: ['https://example.org/a'],
  readAt: LATER,
  deliveredAt: null,
};

const attachment = {
  kind: 'attachment',
  ...at,
  service: 'imessage',
  direction: 'incoming',
  sender: 'a@example.org',
  filePath: '~/Library/SMS/a.gif',
  transferName: 'a.gif',
  mimeType: null,
  sizeBytes: 3,
  startedAt: LATER,
};

const permission = {
  kind: 'permission',
  ...at,
  service: 'kTCCServiceMicrophone',
  client: 'org.example.app',
  clientType: 'bundle-id',
  decision: 'allowed',
  reason: null,
};

const fileEntry = {
  kind: 'file-entry',
  ...at,
  domain: 'HomeDomain',
  path: 'Library/a.plist',
  devicePath: '/private/var/mobile/Library/a.plist',
  entryType: 'file',
  sizeBytes: 1,
  modifiedAt: AT,
  statusChangedAt: AT,
  bornAt: LATER,
  mode: '100644',
  userId: 501,
  present: true,
  origins: ['https://example.org'],
};

const processUsage = {
  kind: 'process-usage',
  ...at,
  processName: 'bh',
  bundleId: null,
  processId: 7,
  usageId: 9,
  usageProcessId: 7,
  firstAt: AT,
  lastAt: LATER,
  wifiInBytes: 1,
  wifiOutBytes: 1,
  cellularInBytes: null,
  cellularOutBytes: null,
};

const app = {
  kind: 'app',
  ...at,
  appId: 'org.example.app',
  name: 'Ejemplo',
  version: '1',
  publisher: null,
  installer: null,
  storeReceipt: true,
  seenIn: ['receipt'],
  certSha1: 'aa',
  certSha256: 'bb',
  sha256: 'cc',
};

const contact = {
  kind: 'contact',
  ...at,
  service: 'whatsapp',
  name: 'Lucía',
  phoneNumbers: ['+15550104'],
  emails: ['lucia@example.org'],
  accounts: ['15550104@s.whatsapp.net'],
  about: 'Disponible',
  notes: null,
  aboutChangedAt: AT,
  aboutExpiresAt: LATER,
  disappearingSeconds: 0,
  disappearingSetAt: LATER,
};

const chat = {
  kind: 'chat',
  ...undated,
  service: 'whatsapp',
  address: '1@g.us',
  phoneNumber: null,
  name: 'Redacción',
  isGroup: true,
  archived: null,
  removed: null,
  messageCounter: 3,
  storedMessageCount: 1,
  firstMessageAt: AT,
  lastStoredMessageAt: LATER,
  groupCreatedAt: AT,
};

const browserTab = {
  kind: 'browser-tab',
  ...at,
  browser: 'safari',
  title: 'Noticias',
  url: 'https://example.org/b',
  history: ['https://example.org/a'],
  privateBrowsing: false,
};

const timelineEvent = {
  kind: 'timeline-event',
  ...at,
  message: 'Visit https://example.org/b',
  timeOf: 'Last Visited Time',
  dataType: 'chrome:history:page_visited',
  fields: { url: 'https://example.org/a', sha256_hash: 'ab', tag: 'x', dst_ip: '192.0.2.1' },
};

const urlVisit = {
  kind: 'url-visit',
  ...at,
  browser: 'safari',
  url: 'https://example.org/',
  title: 'Ejemplo',
  visitId: 1,
  redirectSourceVisitId: null,
  redirectDestinationVisitId: null,
};

const profile = {
  kind: 'configuration-profile',
  ...at,
  uuid: 'U-1',
  identifier: 'org.example.profile',
  displayName: 'Gestión',
  description: null,
  organization: null,
  payloads: [
    {
      type: 'com.apple.mdm',
      uuid: 'U-2',
      identifier: null,
      displayName: null,
      hosts: ['mdm.example.net', 'https://mdm.example.net/checkin'],
    },
  ],
  removalDisallowed: true,
  signerCertSha256: ['dd'],
};

const calendarEvent = {
  kind: 'calendar-event',
  ...at,
  summary: 'Junta',
  description: 'Enlace: https://example.org/junta',
  url: null,
  conferenceUrl: 'https://meet.example.net/1',
  location: 'https://example.org/lugar',
  endAt: LATER,
  createdAt: AT,
  modifiedAt: null,
  allDay: false,
  organizerEmail: 'org@example.org',
  organizerPhoneNumber: '+15550102',
  organizerModifiedAt: LATER,
  attendeeEmails: ['a@example.org'],
};

const device = {
  kind: 'device',
  ...at,
  platform: 'ios',
  name: 'iPhone de prueba',
  model: 'iPhone9,3',
  modelName: null,
  osVersion: '15.7',
  osBuild: null,
  serialNumber: null,
  imei: null,
  phoneNumber: '+15550100',
  fields: { 'Product Version': '15.7' },
};

const linkExpansion = {
  kind: 'link-expansion',
  ...at,
  url: 'https://short.example/a',
  finalUrl: 'https://example.net/b',
  by: 'LM',
  how: 'laboratorio',
};

const serverObservation = {
  kind: 'server-observation',
  ...at,
  atPrecision: 'month' as const,
  address: '192.0.2.1',
  port: 443,
  hostname: 'a.example',
  operator: 'Proveedor',
  country: 'MX',
  scan: 'shodan',
  http: {
    raw: 'HTTP/1.1 200 OK\r\nServer: Apache\r\n\r\nIt works',
    statusLine: 'HTTP/1.1 200 OK',
    headers: [['Server', 'Apache']],
    body: 'It works',
    bodyBytes: 8,
  },
  certificates: [
    {
      position: 1,
      subject: [['CN', 'server']],
      issuer: null,
      namesInOrder: true,
      serial: '1',
      extendedKeyUsage: null,
      authorityName: null,
      sha256: 'aa',
      sha1: 'bb',
      md5: 'cc',
    },
  ],
  tlsFingerprints: ['dd'],
  published: { study: 'Estudio', family: 'FinFisher', fingerprints: ['3.0'], customer: null },
};

const autostartEntry = {
  kind: 'autostart-entry',
  ...at,
  mechanism: 'launch-agent',
  name: 'org.example.agent',
  command: '/usr/bin/a -b',
  programPath: '/usr/bin/a',
  location: '/Library/LaunchAgents/org.example.agent.plist',
  user: null,
  enabled: null,
  sha256: 'aa',
};

const computerProcess = {
  kind: 'process',
  ...at,
  name: 'a',
  path: '/usr/bin/a',
  commandLine: '/usr/bin/a -b',
  processId: 7,
  parentProcessId: null,
  user: null,
  md5: 'cc',
};

const ends = {
  transport: 'tcp',
  clientAddress: '10.0.0.2',
  clientPort: 50_000,
  serverAddress: '192.0.2.1',
  serverPort: 443,
};

const packet = {
  frame: 1,
  at: AT,
  ttl: 64,
  ipId: 7,
  dontFragment: true,
  tcpFlags: 0x18,
  sequence: 1,
  acknowledgement: 1,
  window: 512,
  optionsBytes: 0,
  payloadBytes: 3,
};

const flow = {
  kind: 'flow',
  ...at,
  ...ends,
  lastAt: LATER,
  application: 'tls',
  serverNames: ['a.example'],
  clientPackets: 3,
  serverPackets: 2,
  clientBytes: 300,
  serverBytes: 200,
  isAnswered: true,
  history: 'ShAD',
  clientTtls: [64],
  serverTtls: [50],
  synFingerprint: null,
  lastFrame: 5,
};

const dnsQuestion = {
  kind: 'dns',
  ...at,
  ...ends,
  transport: 'udp',
  serverPort: 53,
  service: 'dns',
  transactionId: 1,
  name: 'a.example',
  type: 'A',
  responseCode: 'NOERROR',
  isQuerySeen: true,
  answeredAt: LATER,
  answerFrame: 2,
  answers: [
    { name: 'a.example', type: 'CNAME', ttlSeconds: 60, data: 'b.example' },
    { name: 'b.example', type: 'A', ttlSeconds: 60, data: '192.0.2.1' },
    { name: 'b.example', type: 'TXT', ttlSeconds: 60, data: 'x' },
  ],
};

const tlsHello = {
  kind: 'tls',
  ...at,
  ...ends,
  carrier: 'tls',
  version: 'TLS 1.2',
  quicVersion: null,
  serverName: 'a.example',
  encryptedClientHello: false,
  alpn: ['h2'],
  selectedAlpn: null,
  hellos: [{ frame: 4, ja3: 'aa', ja4: 'bb' }],
  ja3s: 'cc',
  cipher: '0x1301',
  certificates: serverObservation.certificates,
  isResumed: false,
  certificateFrame: 6,
  serverHelloFrame: 5,
  validation: null,
};

const httpExchange = {
  kind: 'http',
  ...at,
  ...ends,
  serverPort: 80,
  version: 'HTTP/1.1',
  method: 'GET',
  host: 'a.example',
  target: '/a',
  url: 'http://a.example/a',
  requestHeaders: [['Host', 'a.example']],
  userAgent: 'Mozilla/5.0',
  referrer: null,
  requestBodyBytes: 0,
  requestBodyStart: null,
  status: 302,
  reason: 'Found',
  responseHeaders: [['Location', 'http://b.example/']],
  location: 'http://b.example/',
  contentType: null,
  responseBodyBytes: 0,
  responseBodyStart: null,
  responseAt: LATER,
  requestPacket: packet,
  responsePacket: packet,
  synAckPacket: null,
  handshakeMicroseconds: 20_000,
};

const fileDownload = {
  kind: 'file-download',
  ...at,
  ...ends,
  protocol: 'http',
  direction: 'download',
  url: 'http://a.example/a.apk',
  name: 'a.apk',
  mediaType: null,
  fileType: 'apk',
  sizeBytes: 3,
  isWhole: true,
  sha256: 'aa',
};

const idsAlert = {
  kind: 'ids-alert',
  ...at,
  ...ends,
  engine: 'suricata',
  signatureId: 1,
  signature: 'Ejemplo',
  category: null,
  priority: 1,
  action: 'allowed',
  host: 'a.example',
};

const ruleOverflow = {
  kind: 'rule-overflow',
  ...at,
  rule: 'http-probing',
  ruleSet: 'vigia',
  engine: 'vigia',
  description: null,
  keyKind: 'client',
  key: '192.0.2.1',
  client: '192.0.2.1',
  site: null,
  events: 11,
  overflows: 1,
  firstAt: AT,
  lastAt: LATER,
  samplePaths: ['/a'],
  statuses: [{ status: 404, count: 11 }],
  techniques: ['T1595'],
  behaviour: 'http:scan',
  ruleConfidence: 1,
  spoofable: 0,
  remediation: true,
  decision: null,
};

const packetAnomaly = {
  kind: 'packet-anomaly',
  ...at,
  ...ends,
  anomaly: 'overlap-conflict',
  fromServer: true,
  packets: [packet, packet],
  handshakePacket: null,
  overlapBytes: 3,
  differingBytes: 3,
  excerpts: ['abc', 'def'],
  overlapExcerpts: ['abc', 'def'],
  clientIpId: 1,
  clientWindow: 512,
  signs: [],
  name: null,
  answers: [],
  request: null,
  statedBy: null,
};

const EXAMPLES: readonly Example[] = [
  {
    says: 'a connection whose protocol is not told by another record',
    record: { ...flow, application: 'ssh' },
    observables: ['host contacted 192.0.2.1', 'host contacted 10.0.0.2', 'host contacted a.example'],
    timeline: [`${AT} connection-opened tcp 10.0.0.2:50000 > 192.0.2.1:443`],
  },
  {
    says: 'a connection that has a record of its own for what it carries',
    record: { ...flow, clientAddress: '2001:db8::1', serverNames: [] },
    observables: ['host contacted 192.0.2.1', 'host contacted 2001:db8::1'],
    timeline: [],
  },
  {
    says: 'a name that was looked up, and what the answer named',
    record: dnsQuestion,
    observables: ['host looked-up a.example', 'host looked-up b.example', 'host looked-up 192.0.2.1'],
    timeline: [`${AT} name-looked-up a.example A`],
  },
  {
    says: 'a name of the own network: nobody’s infrastructure',
    record: { ...dnsQuestion, service: 'mdns' },
    observables: [],
    timeline: [],
  },
  {
    says: 'an encrypted connection',
    record: tlsHello,
    observables: [
      'host contacted a.example',
      'host contacted 192.0.2.1',
      'cert-hash contacted aa',
      'cert-hash contacted bb',
      'tls-fingerprint contacted aa',
      'tls-fingerprint contacted bb',
      'tls-fingerprint contacted cc',
    ],
    timeline: [`${AT} tls-began a.example 192.0.2.1:443`],
  },
  {
    says: 'a request in the clear',
    record: httpExchange,
    observables: [
      'url contacted http://a.example/a',
      'host contacted a.example',
      'host contacted 192.0.2.1',
      'user-agent contacted Mozilla/5.0',
    ],
    timeline: [`${AT} http-requested GET http://a.example/a 302 > http://b.example/`],
  },
  {
    says: 'a file that travelled in the clear',
    record: fileDownload,
    observables: ['hash received aa', 'url contacted http://a.example/a.apk'],
    timeline: [`${AT} file-transferred http://a.example/a.apk`],
  },
  {
    says: 'an alert of a detection system',
    record: idsAlert,
    observables: ['host contacted a.example'],
    timeline: [`${AT} ids-alert Ejemplo 10.0.0.2:50000 > 192.0.2.1:443`],
  },
  {
    says: 'a rule about requests that was broken',
    record: ruleOverflow,
    observables: [],
    timeline: [`${AT} rule-broken http-probing 192.0.2.1`],
  },
  {
    says: 'a rule that counts everybody together, in a log without addresses',
    record: { ...ruleOverflow, keyKind: 'everyone', key: '', client: null },
    observables: [],
    timeline: [`${AT} rule-broken http-probing`],
  },
  {
    says: 'packets that contradict each other',
    record: packetAnomaly,
    observables: [],
    timeline: [`${AT} packets-disagreed overlap-conflict 192.0.2.1:443 > 10.0.0.2:50000`],
  },
  {
    says: 'a server that somebody’s scan met: nothing a device did',
    record: serverObservation,
    observables: [
      'host scanned 192.0.2.1',
      'host scanned a.example',
      'cert-hash scanned aa',
      'cert-hash scanned bb',
      'tls-fingerprint scanned dd',
    ],
    timeline: [`${AT} server-scanned 192.0.2.1 port 443`],
  },
  {
    says: 'a banner without an address or a port',
    record: {
      ...serverObservation,
      address: null,
      port: null,
      hostname: null,
      http: null,
      certificates: [],
      tlsFingerprints: [],
      published: null,
    },
    observables: [],
    timeline: [`${AT} server-scanned ?`],
  },
  {
    says: 'a rule that fits a file: the file is compared by its own record',
    record: {
      kind: 'rule-match',
      ...undated,
      rule: 'example_rule',
      tags: [],
      family: null,
      description: null,
      author: null,
      reference: null,
      ruleDate: '2024-02-12',
      pack: 'example',
      packLicence: null,
      sha256: 'aa',
      sizeBytes: 3,
      strings: [{ id: '$a1', offset: 0, length: 3, text: 'abc' }],
      stringsTotal: 1,
    },
    observables: [],
    timeline: [],
  },
  {
    says: 'what a computer starts by itself',
    record: autostartEntry,
    observables: ['file-path configured /usr/bin/a', 'hash configured aa'],
    timeline: [`${AT} autostart-written org.example.agent /usr/bin/a -b`],
  },
  {
    says: 'an automatic start of which only the name is known',
    record: { ...autostartEntry, command: null, programPath: null, sha256: undefined },
    observables: [],
    timeline: [`${AT} autostart-written org.example.agent`],
  },
  {
    says: 'a program that ran on a computer',
    record: computerProcess,
    observables: ['process ran /usr/bin/a', 'file-path ran /usr/bin/a', 'hash ran cc'],
    timeline: [`${AT} program-ran /usr/bin/a -b`],
  },
  {
    says: 'a program of which only the name is known',
    record: { ...computerProcess, at: null, path: null, commandLine: null, md5: undefined },
    observables: ['process ran a'],
    timeline: [],
  },
  {
    says: 'a message received: link and sender received, one entry and one when read',
    record: message,
    observables: ['url received https://example.org/a', 'phone-number received +15550100'],
    timeline: [
      `${AT} message-received +15550100: Vea https://example.org/a`,
      `${LATER} message-read +15550100: Vea https://example.org/a`,
    ],
  },
  {
    says: 'a message sent: what it holds was sent, also by e-mail address',
    record: {
      ...message,
      direction: 'outgoing',
      sender: null,
      recipients: ['b@example.org', '525555550102@s.whatsapp.net', '100000000000104@lid', 'Banco'],
      text: null,
      readAt: null,
    },
    observables: ['url sent https://example.org/a', 'email sent b@example.org'],
    timeline: [`${AT} message-sent https://example.org/a`],
  },
  {
    says: 'a message of unknown direction, named by the name shown',
    record: {
      ...message,
      direction: 'unknown',
      sender: 'Banco',
      senderName: 'El banco',
      text: 'Hola',
      links: [],
      readAt: null,
    },
    observables: [],
    timeline: [`${AT} message El banco: Hola`],
  },
  {
    says: 'a mail: the subject before the text, and every address an answer would go to, each once',
    record: {
      ...message,
      service: 'email',
      sender: 'aviso@mail.example',
      subject: 'Su cuenta',
      readAt: null,
      shownLinks: [{ text: 'bank.example', target: 'https://example.org/a' }],
      hiddenCharacters: true,
      senderSaved: false,
      target: 'jimena@example.org',
      mail: {
        messageId: '<1@mail.example>',
        from: 'aviso@mail.example',
        replyTo: ['otro@reply.example', 'aviso@mail.example'],
        returnPath: 'bounce@mail.example',
        received: ['from mail.example by mx.example.org'],
        authentication: { spf: 'pass', dkim: null, dmarc: 'none' },
        trackingPixels: ['https://pixel.example/1.gif'],
      },
    },
    observables: [
      'url received https://example.org/a',
      'email received aviso@mail.example',
      'email received otro@reply.example',
      'email received bounce@mail.example',
    ],
    timeline: [`${AT} message-received aviso@mail.example: Su cuenta – Vea https://example.org/a`],
  },
  {
    says: 'a mail without answers: the sender alone',
    record: {
      ...message,
      service: 'email',
      sender: 'a@example.org',
      links: [],
      text: null,
      subject: 'Hola',
      readAt: null,
      mail: {
        messageId: null,
        from: null,
        replyTo: [],
        returnPath: null,
        received: [],
        authentication: { spf: null, dkim: null, dmarc: null },
        trackingPixels: [],
      },
    },
    observables: ['email received a@example.org'],
    timeline: [`${AT} message-received a@example.org: Hola – `],
  },
  {
    says: 'an attachment received: both its names and the sender’s e-mail address',
    record: attachment,
    observables: [
      'file-path received ~/Library/SMS/a.gif',
      'file-path received a.gif',
      'email received a@example.org',
    ],
    timeline: [`${AT} attachment ~/Library/SMS/a.gif`],
  },
  {
    says: 'an attachment sent without a path, dated by its start',
    record: { ...attachment, ...undated, direction: 'outgoing', sender: '+15550100', filePath: null },
    observables: ['file-path sent a.gif'],
    timeline: [`${LATER} attachment a.gif`],
  },
  {
    says: 'an attachment with its hashes',
    record: { ...attachment, sender: null, filePath: null, sha256: 'aa', sha1: 'bb', md5: 'cc' },
    observables: ['file-path received a.gif', 'hash received aa', 'hash received bb', 'hash received cc'],
    timeline: [`${AT} attachment a.gif`],
  },
  {
    says: 'an account and its number',
    record: { kind: 'account-link', ...at, service: 'whatsapp', account: '1@lid', phoneNumber: '+15550104' },
    observables: ['phone-number known +15550104'],
    timeline: [`${AT} account-linked 1@lid = +15550104`],
  },
  {
    says: 'an app: its id, certificates and hash',
    record: app,
    observables: [
      'app-id installed org.example.app',
      'process installed org.example.app',
      'app-cert installed aa',
      'app-cert installed bb',
      'hash installed cc',
    ],
    timeline: [`${AT} app-installed Ejemplo (org.example.app)`],
  },
  {
    says: 'an app without a name',
    record: { ...app, name: null, certSha1: null, certSha256: null, sha256: null },
    observables: ['app-id installed org.example.app', 'process installed org.example.app'],
    timeline: [`${AT} app-installed org.example.app`],
  },
  {
    says: 'a tab with what was opened before in it',
    record: browserTab,
    observables: ['url opened https://example.org/b', 'url opened https://example.org/a'],
    timeline: [`${AT} tab-viewed Noticias https://example.org/b`],
  },
  {
    says: 'an event of a time line',
    record: timelineEvent,
    observables: [
      'url known https://example.org/b',
      'url known https://example.org/a',
      'host known 192.0.2.1',
      'hash known ab',
    ],
    timeline: [`${AT} timeline-event Last Visited Time: Visit https://example.org/b`],
  },
  {
    says: 'a visit',
    record: urlVisit,
    observables: ['url opened https://example.org/'],
    timeline: [`${AT} url-visited https://example.org/ (Ejemplo)`],
  },
  {
    says: 'a visit without a title',
    record: { ...urlVisit, title: null },
    observables: ['url opened https://example.org/'],
    timeline: [`${AT} url-visited https://example.org/`],
  },
  {
    says: 'a calendar entry: links in every field, the people invited, each of its times',
    record: calendarEvent,
    observables: [
      'email scheduled org@example.org',
      'email scheduled a@example.org',
      'phone-number scheduled +15550102',
      'url scheduled https://example.org/junta',
      'url scheduled https://meet.example.net/1',
      'url scheduled https://example.org/lugar',
    ],
    timeline: [
      `${AT} event-starts Junta`,
      `${LATER} event-ends Junta`,
      `${AT} event-created Junta`,
      `${LATER} event-organizer-modified Junta`,
    ],
  },
  {
    says: 'a conversation',
    record: chat,
    observables: [],
    timeline: [
      `${AT} group-created Redacción`,
      `${AT} chat-first-message Redacción`,
      `${LATER} chat-last-message Redacción`,
    ],
  },
  {
    says: 'a configuration profile: ids, servers as hosts or addresses, signers',
    record: profile,
    observables: [
      'config-profile configured U-1',
      'config-profile configured org.example.profile',
      'config-profile configured U-2',
      'host configured mdm.example.net',
      'url configured https://mdm.example.net/checkin',
      'cert-hash configured dd',
    ],
    timeline: [`${AT} profile-installed Gestión`],
  },
  {
    says: 'a contact',
    record: contact,
    observables: ['email known lucia@example.org', 'phone-number known +15550104'],
    timeline: [
      `${LATER} disappearing-messages-set Lucía`,
      `${AT} about-changed Lucía`,
      `${LATER} about-expires Lucía`,
      `${AT} contact-updated Lucía`,
    ],
  },
  {
    says: 'a device',
    record: device,
    observables: ['phone-number known +15550100'],
    timeline: [`${AT} backup-made iPhone de prueba`],
  },
  {
    says: 'a file: its place on the device and the sites in it, one entry per distinct time',
    record: fileEntry,
    observables: [
      'file-path stored /private/var/mobile/Library/a.plist',
      'url contacted https://example.org',
    ],
    timeline: [`${AT} file-mc Library/a.plist - HomeDomain`, `${LATER} file-b Library/a.plist - HomeDomain`],
  },
  {
    says: 'a file of no domain with one time for all',
    record: { ...fileEntry, domain: null, devicePath: null, bornAt: AT, origins: [] },
    observables: ['file-path stored /Library/a.plist'],
    timeline: [`${AT} file-mcb Library/a.plist`],
  },
  {
    says: 'a permission of an app',
    record: permission,
    observables: ['app-id permitted org.example.app', 'process permitted org.example.app'],
    timeline: [`${AT} permission-allowed org.example.app kTCCServiceMicrophone`],
  },
  {
    says: 'a permission of a program by its path',
    record: { ...permission, clientType: 'absolute-path', client: '/usr/libexec/a', decision: 'denied' },
    observables: ['file-path permitted /usr/libexec/a', 'process permitted /usr/libexec/a'],
    timeline: [`${AT} permission-denied /usr/libexec/a kTCCServiceMicrophone`],
  },
  {
    says: 'a setting',
    record: {
      kind: 'preference',
      ...at,
      domain: '.GlobalPreferences',
      key: 'LDMGlobalEnabled',
      valueJson: 'true',
    },
    observables: [],
    timeline: [],
  },
  {
    says: 'network use of a process',
    record: processUsage,
    observables: ['process ran bh'],
    timeline: [
      `${AT} process-network-use bh`,
      `${AT} process-first-seen bh`,
      `${LATER} process-last-seen bh`,
    ],
  },
  {
    says: 'network use of a process whose row is gone',
    record: {
      ...processUsage,
      processName: null,
      processId: null,
      bundleId: 'org.example.app',
      firstAt: null,
    },
    observables: ['app-id ran org.example.app'],
    timeline: [`${AT} process-network-use org.example.app`],
  },
  {
    says: 'where a short link led: only what it led to was not in the message already',
    record: linkExpansion,
    observables: ['url received https://example.net/b'],
    timeline: [`${AT} link-expanded https://short.example/a → https://example.net/b`],
  },
  {
    says: 'a short link that led nowhere any more',
    record: { ...linkExpansion, finalUrl: null, by: null, how: null },
    observables: [],
    timeline: [`${AT} link-expanded https://short.example/a → –`],
  },
  {
    says: 'what a name pointed to: research, compared with nothing and no event of the device',
    record: {
      kind: 'dns-resolution',
      ...at,
      name: 'a.example',
      recordType: 'a',
      answer: '192.0.2.1',
      firstSeenAt: AT,
      lastSeenAt: LATER,
      observer: null,
    },
    observables: [],
    timeline: [],
  },
  {
    says: 'an operation on a profile',
    record: {
      kind: 'profile-event',
      ...at,
      profileId: 'org.example.profile',
      operation: 'install',
      process: 'Preferences',
    },
    observables: ['config-profile configured org.example.profile', 'process ran Preferences'],
    timeline: [`${AT} profile-operation install org.example.profile Preferences`],
  },
];

describe('record kinds', () => {
  it.each(EXAMPLES)('$record.kind: $says', ({ record, observables, timeline }) => {
    const kind = kindOf(record.kind);
    kind.schema.parse(record);

    expect(kind.observables(record).map(observableWords)).toEqual(observables);
    expect(kind.timeline(record).map(entryWords)).toEqual(timeline);
  });

  it('have an example each, here or in a test of their own', () => {
    const shown = new Set(EXAMPLES.map(({ record }) => record.kind));
    const files = new Set(readdirSync(new URL('.', import.meta.url)));
    const missing = [...recordKinds.keys()].filter(
      (kind) => !shown.has(kind) && !files.has(`${kind}.test.ts`),
    );

    expect(missing).toEqual([]);
  });

  it('refuse times that are not in the stored form', () => {
    for (const time of ['2024-02-12', '2024-02-12T20:05:33Z', 'yesterday', `${AT} `]) {
      expect(() => kindOf('message').schema.parse({ ...message, at: time })).toThrow();
    }
  });

  it.each([...recordKinds.values()])(
    '$kind: every record that parses gives entries whose times sort and observables that are not empty',
    (kind) => {
      fc.assert(
        fc.property(arbitraryOf(kind.schema), (record) => {
          if (!isRecord(record)) throw new Error('the schema of a record kind is an object');
          kind.schema.parse(record);

          const times = kind.timeline(record).map((entry) => entry.at);
          for (const time of times) expect(Number.isNaN(Date.parse(time))).toBe(false);
          const chronological = [...times].sort(
            (a, b) => Date.parse(a) - Date.parse(b) || Number(a.slice(20, 26)) - Number(b.slice(20, 26)),
          );
          expect([...times].sort()).toEqual(chronological);
          for (const { event } of kind.timeline(record)) expect(event).toMatch(/^[a-z]+(-[a-z]+)*$/);
          for (const { type, value } of kind.observables(record)) {
            // A file without a path is compared with nothing it could equal.
            if (type !== 'file-path') expect(value).not.toBe('');
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});

function kindOf(name: string): RecordKind {
  const kind = recordKinds.get(name);
  if (!kind) throw new Error(`no record kind ${name}`);
  return kind;
}

function isRecord(value: unknown): value is EvidenceRecord {
  return typeof value === 'object' && value !== null && 'kind' in value && 'source' in value;
}

function observableWords({ type, act, value }: Observable): string {
  return `${type} ${act} ${value}`;
}

function entryWords({ at: time, event, text }: TimelineEntry): string {
  return `${time} ${event} ${text}`;
}

const storedTime = fc
  .tuple(
    fc.date({ min: new Date(0), max: new Date('2199-12-31'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([date, micros]) => `${date.toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`);

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', 'https://example.org/a', 'a@example.org', '+15550100', '/usr/bin/a', '1@g.us'),
);

/** Values a zod schema accepts, for the parts record schemas are built from. */
function arbitraryOf(schema: unknown): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape);
    const required = fields.filter(([, field]) => !(field instanceof z.ZodOptional)).map(([name]) => name);
    return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, arbitraryOf(field)])), {
      requiredKeys: required,
      noNullPrototype: true,
    });
  }
  if (schema instanceof z.ZodNullable) return fc.option(arbitraryOf(schema.unwrap()));
  if (schema instanceof z.ZodOptional) return arbitraryOf(schema.unwrap());
  if (schema instanceof z.ZodTuple) return fc.tuple(...schema.def.items.map(arbitraryOf));
  if (schema instanceof z.ZodArray) return fc.array(arbitraryOf(schema.element), { maxLength: 4 });
  if (schema instanceof z.ZodRecord)
    return fc.dictionary(fc.string(), arbitraryOf(schema.valueType), { noNullPrototype: true });
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) return fc.nat();
  // The only text with a pattern is the stored time.
  if (schema instanceof z.ZodString) return schema.safeParse('x').success ? texts : storedTime;
  throw new Error('a part of a record schema this test does not know');
}
