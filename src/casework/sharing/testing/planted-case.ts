/** A synthetic case with a person's data planted wherever evidence may carry it. */

import type { ResultFinding } from '../../../core/result.js';
import type { Message } from '../../../records/kinds/message.js';
import { recordKinds } from '../../../records/kinds.generated.js';
import type { Shareable, ShareableRecord } from '../shareable.js';

/** What must never leave with `indicators-only` and `anonymised`. */
export const CANARIES = {
  clientName: 'Canaria Quetzalli',
  contactName: 'Tomasín Colibrí',
  clientNumber: '+52 55 5555 0188',
  thirdNumber: '+525555550177',
  email: 'canaria.quetzalli@buzon.example',
  imei: '490154203237518',
  imsi: '334020123456789',
  udid: '00008030-001A2B3C4D5E802E',
  serial: 'F2LXK9Q2HG7F',
  deviceName: 'iPhone de Canaria',
  account: '@canariaquetzalli',
  messageText: 'nos vemos en la casa azul a las siete',
  userPath: '/Users/canaria/Documents/denuncia-secreta.docx',
  localAddress: '192.168.88.23',
  exactTime: '17:04:10.123456',
  localNetworkName: 'wifi-casa-canaria',
  caseTitle: 'Caso de la periodista del puerto',
  team: 'analista.marisol',
  evidenceHash: 'ab'.repeat(32),
} as const;

const AT = `2024-03-12T${CANARIES.exactTime}Z`;
const planted = Object.values(CANARIES).join(' | ');
const encodedMail = Buffer.from(CANARIES.email).toString('base64');

export const LURE = 'avisos-linea.example';
export const LISTED = 'smsmensaje.example.org';
const POINTER = {
  evidence: 'e1',
  path: `Library/${CANARIES.userPath}`,
  locator: `message ROWID 6 ${CANARIES.imei}`,
};

function finding(changes: Partial<ResultFinding>): ResultFinding {
  return {
    id: 'f1',
    detector: 'lures/suspicious-message',
    version: 1,
    severity: 'high',
    confidence: 'high',
    at: AT,
    title: `Mensaje a ${CANARIES.clientName}`,
    explanation: `El mensaje que recibió ${planted}.`,
    benignCauses: [`Lo reenvió ${CANARIES.contactName}.`],
    nextSteps: [`Escriba a ${CANARIES.email}.`],
    technique: 'T1660',
    indicator: { type: 'domain', value: LISTED, family: 'Pegasus', feed: 'lista-de-canaria', sources: [] },
    subjects: [CANARIES.clientName, CANARIES.localAddress],
    reasons: [{ code: 'published-indicator', points: null, text: planted }],
    details: {
      person: CANARIES.clientName,
      sender: CANARIES.thirdNumber,
      hosts: [LISTED, LURE],
      links: [`https://${LURE}/${encodedMail}?u=${encodeURIComponent(CANARIES.email)}`],
      nested: [
        { deep: { [CANARIES.imsi]: planted, hex: Buffer.from(CANARIES.email, 'utf16le').toString('hex') } },
      ],
    },
    picture: {
      kind: 'conversations',
      devices: [CANARIES.deviceName],
      conversations: [
        {
          device: 0,
          host: CANARIES.localNetworkName,
          addresses: [CANARIES.localAddress],
          protocols: [],
          connections: 1,
          firstAt: AT,
          lastAt: AT,
          sentBytes: 1,
          receivedBytes: 1,
          locator: planted,
          severity: null,
        },
      ],
      leftOut: 0,
    },
    attachments: [{ name: 'carta.es.txt', text: planted }],
    evidence: [POINTER],
    evidenceTotal: 1,
    ...changes,
  };
}

const UUID = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

const message: Message = {
  kind: 'message',
  at: AT,
  source: POINTER,
  service: 'sms',
  direction: 'incoming',
  sender: CANARIES.thirdNumber,
  senderName: CANARIES.contactName,
  recipients: [CANARIES.clientNumber],
  chat: CANARIES.contactName,
  text: `${CANARIES.messageText} https://${LISTED}/1002011s/?u=${encodedMail}`,
  links: [`https://${LISTED}/1002011s/?u=${encodedMail}`],
  readAt: AT,
  deliveredAt: null,
};

function record(value: ShareableRecord['record']): ShareableRecord {
  const kind = recordKinds.get(value.kind);
  if (!kind) throw new Error(`no kind ${value.kind}`);
  return { run: 'R1', record: value, kind };
}

const RECORDS: readonly ShareableRecord[] = [
  record(message),
  record({
    ...message,
    source: { ...POINTER, locator: 'message ROWID 7' },
    text: CANARIES.messageText,
    links: [],
  } as Message),
  record({
    kind: 'device',
    at: AT,
    source: { evidence: 'e1', path: 'Info.plist', locator: '' },
    platform: 'ios',
    name: CANARIES.deviceName,
    serialNumber: CANARIES.serial,
    imei: CANARIES.imei,
    phoneNumber: CANARIES.clientNumber,
  } as unknown as ShareableRecord['record']),
];

/** The case, with changes. Records can be read any number of times. */
export function plantedCase(changes: Partial<Shareable> = {}): Shareable {
  return {
    case: {
      id: UUID,
      code: 'V-2026-0001',
      title: CANARIES.caseTitle,
      openedAt: AT,
      closedAt: null,
      state: 'active',
      urgency: 'high',
      tlp: 'amber',
      pap: 'RED',
      lead: CANARIES.team,
      team: [CANARIES.team],
      language: 'es',
      country: 'MX',
      region: CANARIES.localNetworkName,
      clientRef: CANARIES.account,
      clientKind: 'individual',
      workTypes: ['freedom-expression'],
      incidentTypes: ['targeted-link-message'],
      techniques: ['T1660', planted],
      campaigns: [planted],
      summary: `${CANARIES.clientName} recibió un mensaje de ${CANARIES.thirdNumber}. ${planted}`,
      outcome: planted,
      review: { state: 'reviewed', by: CANARIES.team, at: AT },
      retention: { span: '1y', hold: false, holdReason: planted },
      statements: {
        harm: planted,
        similarCases: planted,
        attribution: planted,
        jurisdiction: planted,
        requests: [planted],
      },
    },
    identity: {
      name: CANARIES.clientName,
      contacts: [
        { channel: 'signal', address: CANARIES.clientNumber, safe: true },
        { channel: 'mail', address: CANARIES.email, safe: true },
      ],
      safeHours: planted,
      forbiddenChannels: [],
      duressWord: planted,
      note: planted,
    },
    consent: { id: UUID, named: false, clientIdentifiers: false },
    evidence: [
      {
        id: UUID,
        caseId: UUID,
        label: 'E-001',
        kind: 'ios-backup',
        sourceDescription: planted,
        receivedFrom: CANARIES.account,
        receivedAt: AT,
        receivedZone: 'America/Mexico_City',
        receivedWhere: planted,
        acquiredBy: CANARIES.team,
        method: planted,
        tool: { name: 'idevicebackup2', version: '1.3', arguments: [CANARIES.userPath] },
        originalName: CANARIES.deviceName,
        mediaType: 'inode/directory',
        sizeBytes: 10,
        sha256: CANARIES.evidenceHash,
        referencePath: CANARIES.userPath,
        sealed: null,
        tlp: 'red',
        consentId: null,
        parentIds: [],
        redactionOf: null,
        destroyedAt: null,
      },
    ],
    runs: [
      {
        id: 'R1',
        startedAt: AT,
        toolVersion: '0.1.0',
        evidenceLabels: { e1: 'E-001' },
        coverage: [
          {
            evidence: 'e1',
            reader: 'ios/sms',
            name: 'SMS',
            artifact: CANARIES.userPath,
            status: 'read',
            records: { message: 2 },
            firstAt: AT,
            lastAt: AT,
            problems: [
              {
                code: 'bad-row',
                effect: 'lost',
                message: planted,
                path: planted,
                locator: planted,
                count: 1,
              },
            ],
          },
        ],
      },
    ],
    findings: [
      { run: 'R1', finding: finding({}) },
      {
        run: 'R1',
        finding: finding({
          id: 'f2',
          detector: 'indicators/match',
          indicator: {
            type: 'url',
            value: `https://lures.example.net/x?u=${encodeURIComponent(CANARIES.email)}#${encodedMail}`,
            family: CANARIES.clientName,
            feed: CANARIES.clientName,
          },
        }),
      },
      {
        run: 'R1',
        finding: finding({
          id: 'f3',
          detector: 'indicators/match',
          indicator: { type: 'phone-number', value: CANARIES.thirdNumber, family: 'unknown', feed: 'x' },
        }),
      },
      {
        run: 'R1',
        finding: finding({
          id: 'f4',
          detector: 'indicators/match',
          indicator: { type: 'file-path', value: CANARIES.userPath, family: 'Pegasus', feed: 'x' },
        }),
      },
      {
        run: 'R1',
        finding: finding({
          id: 'f5',
          detector: 'indicators/match',
          indicator: { type: 'email', value: CANARIES.email, family: 'Pegasus', feed: 'x' },
        }),
      },
    ],
    records: {
      async *[Symbol.asyncIterator]() {
        yield* RECORDS;
      },
    },
    toolVersion: '0.1.0',
    operator: CANARIES.team,
    now: '2026-02-03T10:20:30.400500Z',
    language: 'es',
    exportKey: new Uint8Array(32).fill(7),
    ...changes,
  };
}

/** A case of findings that each name one published indicator. */
export function caseWithIndicators(
  indicators: readonly Pick<NonNullable<ResultFinding['indicator']>, 'type' | 'value' | 'family'>[],
): Shareable {
  return plantedCase({
    findings: indicators.map((indicator, index) => ({
      run: 'R1',
      finding: finding({
        id: `f${index + 1}`,
        detector: 'indicators/match',
        indicator: { ...indicator, feed: 'list' },
      }),
    })),
  });
}

/** All of a stream of text. */
export async function wholeText(pieces: AsyncIterable<string>): Promise<string> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all.join('');
}
