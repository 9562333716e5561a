/** From a whole case to what a profile lets out of it. */
import type { EvidenceRecord, Pointer } from '../../core/contracts.js';
import type { Indicator } from '../../core/indicator.js';
import type { ResultFinding } from '../../core/result.js';
import { isSharedHost } from '../../indicators/classify.js';
import { compileMatcher } from '../../indicators/matcher.js';
import { messageSchema } from '../../records/kinds/message.js';
import { exportIds } from './export-ids.js';
import { type KnownAboutClient, maskOf } from './mask.js';
import { treatmentOf } from './policy.js';
import { Redactor } from './redactor.js';
import {
  type Shareable,
  type ShareableRecord,
  type ShareableRun,
  SharingError,
  type SharingProfile,
} from './shareable.js';
import type {
  Shared,
  SharedCase,
  SharedClient,
  SharedCoverage,
  SharedEvent,
  SharedEvidence,
  SharedFinding,
  SharedIndicator,
  SharedMessage,
  SharedPlace,
} from './shared.js';
import { type GatheredIndicators, gatherIndicators } from './shared-indicators.js';
import { eventWords, type SharingWords, sharingWords } from './words.js';

/** Names of events and reasons are constants of the code; what does not look like one came from elsewhere. */
const CONSTANT_NAME = /^[a-z][a-z0-9]*(?:[-/][a-z0-9]+){0,6}$/;
const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;

/**
 * What may leave of a case. Fields are let out one by one, as the policy says; everything else stays.
 *
 * @throws SharingError
 * @example
 * const shared = redact(shareable, 'anonymised');
 * shared.redaction().fields; // what was taken out
 */
export function redact(shareable: Shareable, profile: SharingProfile): Shared {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(shareable.now)) throw new SharingError('bad-time');
  const ids = exportIds(shareable.exportKey);
  const words = sharingWords(shareable.language);
  const isThirdParty = treatmentOf('record.content', profile) !== 'mask';
  const mask = maskOf(
    knownAboutClient(shareable, profile),
    { everyone: isThirdParty, deviceNumbers: !mayIdentify(shareable, profile) },
    words,
  );
  const own = maskOf(allKnown(shareable), { everyone: false, deviceNumbers: false }, words);
  const redactor = new Redactor(profile, ids, mask, (text) => own(text) !== text);
  return new Redaction(shareable, redactor, words);
}

/** Everything known about the client; of mail addresses also the host, unless everybody's mail is there. */
function allKnown({ identity }: Shareable): KnownAboutClient {
  if (identity === null) return { names: [], contacts: [] };
  const contacts = identity.contacts.map(({ address }) => address);
  const hosts = contacts.flatMap((address) => /@([^\s@]+)$/.exec(address)?.[1] ?? []);
  return { names: [identity.name], contacts: [...contacts, ...hosts.filter((host) => !isSharedHost(host))] };
}

/** What of the client is taken out of texts: what consent does not let out. */
function knownAboutClient({ identity, consent }: Shareable, profile: SharingProfile): KnownAboutClient {
  const isNamed = treatmentOf('client.name', profile) === 'consent' && consent.named;
  return {
    names: identity === null || isNamed ? [] : [identity.name],
    contacts:
      identity === null || mayIdentify({ consent }, profile)
        ? []
        : identity.contacts.map(({ address }) => address),
  };
}

function mayIdentify({ consent }: Pick<Shareable, 'consent'>, profile: SharingProfile): boolean {
  return treatmentOf('client.identifiers', profile) === 'consent' && consent.clientIdentifiers;
}

class Redaction implements Shared {
  readonly profile: SharingProfile;
  readonly language;
  readonly ids;
  readonly now: string;
  readonly toolVersion: string;
  readonly tlp;
  readonly pap;
  readonly #mayIdentify: boolean;
  readonly case: SharedCase;
  readonly client: SharedClient | null;
  readonly indicators: readonly SharedIndicator[];
  readonly findings: readonly SharedFinding[];
  readonly evidence: readonly SharedEvidence[];
  readonly coverage: readonly SharedCoverage[];

  readonly #shareable: Shareable;
  readonly #redactor: Redactor;
  readonly #runs: ReadonlyMap<string, ShareableRun>;
  #recordsLeftOut = 0;

  constructor(
    shareable: Shareable,
    redactor: Redactor,
    readonly words: SharingWords,
  ) {
    this.#shareable = shareable;
    this.#redactor = redactor;
    this.#runs = new Map(shareable.runs.map((run) => [run.id, run]));
    this.profile = redactor.profile;
    this.language = shareable.language;
    this.ids = redactor.ids;
    this.now = shareable.now;
    this.toolVersion = shareable.toolVersion;
    this.tlp = shareable.case.tlp;
    this.pap = shareable.case.pap;
    this.#mayIdentify = mayIdentify(shareable, redactor.profile);
    this.case = this.#case();
    this.client = this.#client();
    const gathered = gatherIndicators(shareable.findings, redactor);
    this.indicators = gathered.all;
    this.findings = this.#findings(gathered);
    this.evidence = this.#evidence();
    this.coverage = this.#coverage();
  }

  async *events(): AsyncGenerator<SharedEvent> {
    for (const finding of this.findings) {
      const [place = null] = finding.places;
      if (finding.time !== null)
        yield { time: finding.time, event: 'finding', kind: 'finding', text: finding.title, place };
    }
    yield* this.#overRecords((shareable, _cited, matched, redactor) =>
      this.#eventsOf(shareable, matched, redactor),
    );
  }

  async *messages(): AsyncGenerator<SharedMessage> {
    if (this.#redactor.treatment('record.content') !== 'mask') return;
    yield* this.#overRecords(({ record, run }, cited, _matched, redactor) => {
      if (!cited || record.kind !== 'message') return [];
      const parsed = messageSchema.safeParse(record);
      return parsed.success ? [this.#message(parsed.data, run, redactor)] : [];
    });
  }

  redaction() {
    const { operator, now, consent } = this.#shareable;
    return {
      profile: this.profile,
      operator,
      at: now,
      consentId: consent.id,
      fields: this.#redactor.fields(),
      recordsLeftOut: this.#recordsLeftOut,
    };
  }

  #case(): SharedCase {
    const { case: source } = this.#shareable;
    const redactor = this.#redactor;
    redactor.plain(
      'case.team',
      [source.lead, ...source.team].filter((name) => name !== ''),
    );
    return {
      code: redactor.name('case.code', 'C', source.code) ?? '',
      title: redactor.text('case.title', source.title),
      summary: redactor.text('case.summary', source.summary),
      outcome: redactor.text('case.outcome', source.outcome),
      openedAt: redactor.time('case.dates', source.openedAt),
      isClosed: redactor.plain('case.state', source.state === 'closed' || source.state === 'archived'),
      country: /^[A-Z]{2}$/.test(source.country) ? redactor.plain('case.country', source.country) : null,
      region: redactor.plain('case.region', source.region) || null,
      workTypes: [...redactor.list('case.work-types', source.workTypes)],
      incidentTypes: [...redactor.list('case.incident-types', source.incidentTypes)],
      techniques: redactor.list(
        'case.techniques',
        source.techniques.filter((technique) => TECHNIQUE.test(technique)),
      ),
      retention: redactor.plain('case.retention', source.retention.span),
    };
  }

  #client(): SharedClient | null {
    const { case: source, identity, consent } = this.#shareable;
    const redactor = this.#redactor;
    if (identity !== null) {
      redactor.plain(
        'client.contacts',
        identity.contacts.map(({ address }) => address),
      );
    }
    const pseudonym = redactor.name('client.pseudonym', 'P', source.clientRef);
    const kind = redactor.plain('client.kind', source.clientKind);
    const mayName = redactor.treatment('client.name') === 'consent' && consent.named;
    if (identity !== null && identity.name !== '') {
      if (mayName && kind !== null) return { name: identity.name, isNamed: true, kind };
      redactor.count('client.name');
    }
    return pseudonym === null || kind === null ? null : { name: pseudonym, isNamed: false, kind };
  }

  #findings(gathered: GatheredIndicators): SharedFinding[] {
    const redactor = this.#redactor;
    const findings = this.#shareable.findings;
    if (!redactor.keeps('finding.rule')) {
      redactor.count('finding.rule', findings.length);
      return [];
    }
    const shared = findings.map(({ run, finding }) => this.#finding(run, finding, gathered));
    // In the order of the case, two exports could be laid beside each other.
    return redactor.treatment('finding.id') === 'pseudonym' ? shared.sort(byId) : shared;
  }

  #finding(run: string, finding: ResultFinding, gathered: GatheredIndicators): SharedFinding {
    const redactor = this.#redactor;
    const detector = CONSTANT_NAME.test(finding.detector) ? finding.detector : 'other';
    const neutral = this.words('finding', { detector, severity: finding.severity });
    redactor.count('finding.pictures', finding.picture === undefined ? 0 : 1);
    redactor.count('finding.attachments', finding.attachments?.length ?? 0);
    const reasons = (finding.reasons ?? [])
      .map(({ code }) => code)
      .filter((code) => CONSTANT_NAME.test(code));
    return {
      id: redactor.name('finding.id', 'F', `${run} ${finding.id}`) ?? '',
      run: redactor.treatment('finding.id') === 'keep' ? run : '',
      detector,
      version: finding.version,
      severity: finding.severity,
      confidence: finding.confidence,
      time: redactor.time('finding.time', finding.at, finding.atPrecision),
      title: redactor.text('finding.texts', finding.title) ?? neutral,
      explanation: redactor.text('finding.texts', finding.explanation),
      benignCauses: redactor.texts('finding.texts', finding.benignCauses),
      nextSteps: redactor.texts('finding.texts', finding.nextSteps),
      reasonCodes: redactor.list('finding.reason-codes', reasons),
      technique: finding.technique !== null && TECHNIQUE.test(finding.technique) ? finding.technique : null,
      indicators: gathered.of(finding),
      subjects: finding.subjects.flatMap((subject) => redactor.name('finding.subjects', 'P', subject) ?? []),
      places: finding.evidence.flatMap(
        (pointer) => this.#place('finding.places', run, pointer, redactor) ?? [],
      ),
      details: redactor.json('finding.details', finding.details),
    };
  }

  #place(
    field: 'finding.places' | 'record.place',
    run: string,
    pointer: Pointer,
    redactor: Redactor,
  ): SharedPlace | null {
    if (!redactor.keeps(field)) {
      redactor.count(field);
      return null;
    }
    return {
      evidence: this.#runs.get(run)?.evidenceLabels[pointer.evidence] ?? `${run} ${pointer.evidence}`,
      path: redactor.text(field, pointer.path) ?? '',
      locator: redactor.text(field, pointer.locator) ?? '',
    };
  }

  #evidence(): SharedEvidence[] {
    const redactor = this.#redactor;
    return this.#shareable.evidence.flatMap((item) => {
      const label = redactor.name('evidence.label', 'E', item.label);
      const origin = (value: string): string | null => redactor.text('evidence.origin', value);
      const shared: SharedEvidence = {
        label: label ?? '',
        kind: (CONSTANT_NAME.test(item.kind) ? redactor.plain('evidence.kind', item.kind) : null) ?? 'other',
        sha256: redactor.plain('evidence.hash', item.sha256),
        sizeBytes: redactor.plain('evidence.hash', item.sizeBytes),
        method: origin(item.method),
        tool: origin(`${item.tool.name} ${item.tool.version}`.trim()),
        description: origin(item.sourceDescription),
        originalName: origin(item.originalName),
        receivedAt:
          redactor.treatment('evidence.origin') === 'remove'
            ? null
            : redactor.time('case.dates', item.receivedAt),
      };
      return label === null ? [] : [shared];
    });
  }

  #coverage(): SharedCoverage[] {
    const redactor = this.#redactor;
    return this.#shareable.runs.flatMap((run) =>
      run.coverage.flatMap((row) => {
        redactor.text('coverage.places', row.artifact);
        if (redactor.plain('coverage.status', row.status) === null || !CONSTANT_NAME.test(row.reader))
          return [];
        const label = run.evidenceLabels[row.evidence] ?? `${run.id} ${row.evidence}`;
        return [
          {
            run: redactor.treatment('finding.id') === 'keep' ? run.id : '',
            evidence: redactor.name('evidence.label', 'E', label) ?? '',
            reader: row.reader,
            status: row.status,
            records: Object.values(row.records).reduce((sum, count) => sum + count, 0),
          },
        ];
      }),
    );
  }

  /** Records that a finding points at or that hold a shared indicator; the rest of a phone's life stays. */
  async *#overRecords<T>(
    use: (
      record: ShareableRecord,
      isCited: boolean,
      matched: readonly string[],
      redactor: Redactor,
    ) => Iterable<T>,
  ): AsyncGenerator<T> {
    const { records, findings } = this.#shareable;
    if (records === undefined) return;
    const pass = this.#redactor.fresh();
    const isWanted = pass.keeps('record.event');
    const cited = new Set(
      findings.flatMap(({ run, finding }) => finding.evidence.map((pointer) => placeKey(run, pointer))),
    );
    const matcher = compileMatcher(this.indicators.map(asIndicator));
    let leftOut = 0;
    for await (const item of records) {
      const { record, kind, run } = item;
      if (!isWanted) {
        leftOut += 1;
        continue;
      }
      const isCited = cited.has(placeKey(run, record.source));
      const matched = new Set<string>();
      for (const observable of kind.observables(record))
        for (const { indicator } of matcher.match(observable)) matched.add(indicator.value);
      if (!isCited && matched.size === 0) leftOut += 1;
      else yield* use(item, isCited, [...matched].sort(), pass);
    }
    this.#redactor.takeLargest(pass);
    this.#recordsLeftOut = Math.max(this.#recordsLeftOut, leftOut);
  }

  *#eventsOf(
    { record, kind, run }: ShareableRecord,
    matched: readonly string[],
    redactor: Redactor,
  ): Generator<SharedEvent> {
    if (!CONSTANT_NAME.test(kind.kind)) return;
    const keepsContent = redactor.treatment('record.content') === 'mask';
    if (!keepsContent && matched.length === 0) return;
    for (const entry of kind.timeline(record)) {
      if (!CONSTANT_NAME.test(entry.event)) continue;
      const precision = entry.at === record.at ? record.atPrecision : undefined;
      const time = redactor.time('record.time', entry.at, precision);
      if (time === null) continue;
      const text = keepsContent ? this.#recordText(entry.text, record, redactor) : matched.join(', ');
      if (!keepsContent) redactor.count('record.content');
      const place = this.#place('record.place', run, record.source, redactor);
      const what = text === '' ? eventWords(this.words, entry.event) : text;
      yield { time, event: entry.event, kind: kind.kind, text: what, place };
      // Read, delivered and the like at other times of the same day add nothing to what others may know.
      if (!keepsContent) break;
    }
  }

  #recordText(text: string, record: EvidenceRecord, redactor: Redactor): string {
    // What a device is called and numbered is in the record of the device itself.
    if (record.kind === 'device' && !this.#mayIdentify) {
      redactor.count('record.content');
      return '';
    }
    return redactor.text('record.content', text) ?? '';
  }

  #message(message: ReturnType<typeof messageSchema.parse>, run: string, redactor: Redactor): SharedMessage {
    const text = (value: string): string | null => redactor.text('record.content', value);
    // One end of every message on a phone is the number or account of the person it belongs to.
    const isOwnHidden = !this.#mayIdentify;
    const sender = isOwnHidden && message.direction === 'outgoing' ? null : message.sender;
    const recipients = isOwnHidden && message.direction !== 'outgoing' ? [] : message.recipients;
    redactor.count('client.identifiers', isOwnHidden ? message.recipients.length - recipients.length : 0);
    return {
      service: CONSTANT_NAME.test(message.service) ? message.service : 'other',
      direction: message.direction,
      sender: sender === null ? null : text(sender),
      recipients: redactor.texts('record.content', recipients),
      text: message.text === null ? null : text(message.text),
      links: redactor.texts('record.content', message.links),
      time: redactor.time('record.time', message.at, message.atPrecision),
      place: this.#place('record.place', run, message.source, redactor) ?? {
        evidence: '',
        path: '',
        locator: '',
      },
    };
  }
}

function placeKey(run: string, { evidence, path, locator }: Pointer): string {
  return [run, evidence, path, locator].join('\0');
}

function byId(a: SharedFinding, b: SharedFinding): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** As the matcher wants it; the fields it does not look at say nothing. */
function asIndicator({ type, value }: SharedIndicator): Indicator {
  return {
    type,
    value,
    family: '',
    category: 'suspect',
    role: 'infrastructure',
    feed: '',
    file: '',
    place: '',
    licence: null,
    validFrom: null,
    validUntil: null,
    comment: null,
  };
}
