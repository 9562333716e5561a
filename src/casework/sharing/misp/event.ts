/** A MISP event as JSON (MISP core format). It stays in the organisation that imports it until somebody there decides otherwise. */
import type { IndicatorType } from '../../../core/indicator.js';
import { aboutEvidence } from '../about-evidence.js';
import type { Shared, SharedFinding, SharedIndicator, SharedMessage } from '../shared.js';
import { eventTags, familyTags } from './tags.js';
import { MISP_TEMPLATES, type MispTemplate } from './templates.js';

/** "Your organisation only"; the safe one of MISP's five, and of its attributes too. */
const DISTRIBUTION = '0';
/** Threat level "undefined": we do not weigh events against each other. */
const THREAT_LEVEL = '4';
/** Analysis "initial". */
const ANALYSIS = '0';

/** Attribute types of MISP, with their default category. Where MISP has none, the value travels as text. */
const ATTRIBUTES: Readonly<Record<IndicatorType, readonly [type: string, category: string]>> = {
  domain: ['domain', 'Network activity'],
  url: ['url', 'Network activity'],
  ipv4: ['ip-dst', 'Network activity'],
  ipv6: ['ip-dst', 'Network activity'],
  cidr: ['ip-dst', 'Network activity'],
  email: ['email-src', 'Payload delivery'],
  'phone-number': ['phone-number', 'Other'],
  process: ['text', 'Other'],
  'file-name': ['filename', 'Payload delivery'],
  'file-path': ['filename', 'Payload delivery'],
  md5: ['md5', 'Payload delivery'],
  sha1: ['sha1', 'Payload delivery'],
  sha256: ['sha256', 'Payload delivery'],
  'app-id': ['mobile-application-id', 'Payload delivery'],
  'app-cert': ['text', 'Other'],
  'cert-sha1': ['x509-fingerprint-sha1', 'Network activity'],
  'cert-sha256': ['x509-fingerprint-sha256', 'Network activity'],
  ja3: ['ja3-fingerprint-md5', 'Network activity'],
  ja4: ['text', 'Other'],
  jarm: ['jarm-fingerprint', 'Network activity'],
  'config-profile': ['text', 'Other'],
  'android-property': ['text', 'Other'],
  'registry-key': ['regkey', 'Persistence mechanism'],
  mutex: ['mutex', 'Artifacts dropped'],
  pipe: ['named pipe', 'Artifacts dropped'],
  'user-agent': ['user-agent', 'Network activity'],
};

/** The event, in pieces: messages are written as they are read. */
export async function* mispEvent(shared: Shared): AsyncGenerator<string> {
  const writer = new EventWriter(shared);
  const head = JSON.stringify(writer.head());
  yield `{"Event":${head.slice(0, -1)},"Attribute":[`;
  yield* separated(shared.indicators.map((indicator) => writer.attribute(indicator)));
  yield '\n],"Object":[';
  yield* separated(writer.objects());
  yield '\n]}}\n';
}

async function* separated(items: Iterable<object> | AsyncIterable<object>): AsyncGenerator<string> {
  let separator = '\n';
  for await (const item of items) {
    yield `${separator}${JSON.stringify(item)}`;
    separator = ',\n';
  }
}

/** Values of one relation; several where the template allows them. */
type ObjectValues = Readonly<Record<string, string | readonly string[] | null>>;

class EventWriter {
  readonly #shared: Shared;
  readonly #timestamp: string;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#timestamp = String(Math.trunc(Date.parse(shared.now) / 1000));
  }

  head(): object {
    const { ids, profile, case: source, words, now } = this.#shared;
    const isIndicators = profile === 'indicators-only';
    return {
      uuid: ids.uuid('misp-event', profile),
      info:
        source.title ??
        words('eventInfo', { profile: isIndicators ? 'indicators' : 'case', code: source.code }),
      date: now.slice(0, 10),
      timestamp: this.#timestamp,
      threat_level_id: THREAT_LEVEL,
      analysis: ANALYSIS,
      distribution: DISTRIBUTION,
      published: false,
      Tag: eventTags(this.#shared).map(tag),
    };
  }

  attribute(indicator: SharedIndicator): object {
    const { ids, words } = this.#shared;
    const [type, category] = ATTRIBUTES[indicator.type];
    const named = type === 'text' ? `${indicator.type}. ` : '';
    const techniques = indicator.techniques.length === 0 ? '' : ` ${indicator.techniques.join(' ')}`;
    const tags = indicator.family === null ? [] : familyTags(indicator.family);
    return {
      uuid: ids.uuid('misp-attribute', `${indicator.type} ${indicator.value}`),
      type,
      category,
      value: indicator.value,
      // Text is compared with nothing; marking it would only make noise.
      to_ids: indicator.forDetection && type !== 'text',
      distribution: DISTRIBUTION,
      timestamp: this.#timestamp,
      comment: `${named}${words(`indicator.${indicator.basis}`)}${indicator.family === null ? '' : ` ${indicator.family}`}${techniques}`,
      ...(indicator.firstSeen === null ? {} : { first_seen: offset(indicator.firstSeen.at) }),
      ...(indicator.lastSeen === null ? {} : { last_seen: offset(indicator.lastSeen.at) }),
      ...(tags.length === 0 ? {} : { Tag: tags.map(tag) }),
    };
  }

  async *objects(): AsyncGenerator<object> {
    const { profile, evidence, findings } = this.#shared;
    if (profile !== 'indicators-only') yield* this.#case();
    for (const item of evidence) {
      yield this.#object(MISP_TEMPLATES.forensicEvidence, item.label, {
        'case-number': this.#shared.case.code,
        'evidence-number': item.label,
        name: item.originalName,
        type: evidenceType(item.kind),
        'acquisition-method': item.method === null ? null : 'Other',
        'acquisition-tools': item.tool === null ? null : 'Other',
        'additional-comments':
          [item.kind, item.description, item.method, item.tool, item.sha256 && `SHA-256 ${item.sha256}`]
            .filter((text) => text !== null && text !== '')
            .join('\n') || null,
      });
    }
    for (const finding of findings) yield this.#finding(finding);
    for await (const message of this.#shared.messages()) yield* this.#message(message);
  }

  *#case(): Generator<object> {
    const { case: source, client, words } = this.#shared;
    yield this.#object(MISP_TEMPLATES.forensicCase, 'case', {
      'case-number': source.code,
      'case-name': source.title,
      'analysis-start-date': source.openedAt === null ? null : offset(source.openedAt.at),
      'additional-comments': source.outcome,
    });
    yield this.#object(MISP_TEMPLATES.incident, 'case', {
      name: source.title ?? words('incident.name', { code: source.code }),
      description: [source.summary, words('incident.description')]
        .filter((text) => text !== null)
        .join('\n\n'),
      investigation_status: source.isClosed === null ? null : source.isClosed ? 'closed' : 'open',
      determination: 'suspected',
    });
    const about = aboutEvidence(this.#shared);
    if (about !== '')
      yield this.#object(MISP_TEMPLATES.annotation, 'evidence', { text: about, type: 'Annotation' });
    if (client === null) return;
    yield this.#object(MISP_TEMPLATES.victim, 'client', {
      name: client.name,
      regions: source.country,
      classification: client.kind === 'organisation' ? 'organization' : 'individual',
    });
  }

  #finding(finding: SharedFinding): object {
    const facts = [
      `${finding.detector} ${finding.version}: ${finding.severity}, ${finding.confidence}`,
      finding.technique ?? '',
      finding.reasonCodes.join(' '),
      finding.subjects.join(' '),
      ...finding.places.map(({ evidence, path, locator }) => `${evidence} ${path} ${locator}`.trim()),
    ];
    return this.#object(MISP_TEMPLATES.annotation, `finding ${finding.id}`, {
      text: [finding.title, finding.explanation, ...finding.benignCauses, ...facts]
        .filter((text) => text !== null && text !== '')
        .join('\n'),
      type: 'Annotation',
      'creation-date': finding.time === null ? null : offset(finding.time.at),
    });
  }

  *#message(message: SharedMessage): Generator<object> {
    const { place, direction } = message;
    const seed = `message ${place.evidence} ${place.path} ${place.locator}`;
    const when = message.time === null ? null : offset(message.time.at);
    const dates = direction === 'outgoing' ? { 'sent-date': when } : { 'received-date': when };
    const { sender: from, recipients: to } = message;
    if (message.text === null && from === null) return;
    yield message.service === 'sms'
      ? this.#object(MISP_TEMPLATES.sms, seed, { body: message.text, from, to, ...dates })
      : this.#object(MISP_TEMPLATES.instantMessage, seed, {
          'app-used': message.service,
          body: message.text,
          'from-user': from,
          'to-user': to,
          ...dates,
        });
  }

  #object(template: MispTemplate, seed: string, values: ObjectValues): object {
    const { ids } = this.#shared;
    const uuid = ids.uuid('misp-object', `${template.name} ${seed}`);
    const attributes = Object.entries(values).flatMap(([relation, given]) => {
      const [type = 'text', category = 'Other'] = template.relations[relation] ?? [];
      const list = given === null ? [] : typeof given === 'string' ? [given] : given;
      return list
        .filter((value) => value !== '')
        .map((value, index) => ({
          uuid: ids.uuid('misp-object-attribute', `${uuid} ${relation} ${index}`),
          object_relation: relation,
          type,
          category,
          value,
          to_ids: false,
          distribution: DISTRIBUTION,
          timestamp: this.#timestamp,
        }));
    });
    return {
      uuid,
      name: template.name,
      'meta-category': template.category,
      template_uuid: template.uuid,
      template_version: String(template.version),
      distribution: DISTRIBUTION,
      timestamp: this.#timestamp,
      Attribute: attributes,
    };
  }
}

function tag(name: string): { readonly name: string } {
  return { name };
}

/** As MISP writes times: with the offset in digits. */
function offset(at: string): string {
  return `${at.slice(0, -1)}+00:00`;
}

function evidenceType(kind: string): string {
  return kind.startsWith('ios-') || kind.startsWith('android-') ? 'Mobile Device' : 'Other';
}
