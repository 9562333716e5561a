/** A STIX 2.1 bundle of what is shared (OASIS STIX 2.1). */
import { aboutEvidence } from '../about-evidence.js';
import { observableId } from '../export-ids.js';
import type { Shared, SharedFinding, SharedIndicator, SharedMessage, SharedTime } from '../shared.js';
import { tlpMarking } from './markings.js';
import { observableOf, patternOf, type StixObservable, urlObservable } from './patterns.js';

export interface StixObject {
  readonly type: string;
  readonly id: string;
  readonly [property: string]: unknown;
}

/** Where our type for messages is explained; the id is ours and never changes. */
const MESSAGE_EXTENSION = 'extension-definition--5c0b3c1e-6d0f-5b55-9a5d-7f0d8a4c2e61';
const MESSAGE_TYPE = 'x-vigia-sms';
const MAX_NAME_LENGTH = 200;

/** One pass over everything; objects are written as they are made. */
export async function* stixBundle(shared: Shared): AsyncGenerator<string> {
  yield `{"type":"bundle","id":"bundle--${shared.ids.uuid('bundle', shared.profile)}","objects":[`;
  let separator = '\n';
  for await (const object of stixObjects(shared)) {
    yield `${separator}${JSON.stringify(object)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** The objects of the bundle, each id once. */
export async function* stixObjects(shared: Shared): AsyncGenerator<StixObject> {
  const writer = new BundleWriter(shared);
  const given = new Set<string>();
  const content: string[] = [];
  for await (const object of writer.objects()) {
    if (given.has(object.id)) continue;
    given.add(object.id);
    if (object.type !== 'marking-definition' && object.type !== 'extension-definition')
      content.push(object.id);
    yield object;
  }
  yield writer.grouping(content);
}

class BundleWriter {
  readonly #shared: Shared;
  readonly #now: string;
  readonly #producer: string;
  readonly #markings: readonly string[];
  readonly #papMarking: StixObject;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#now = milliseconds(shared.now);
    this.#producer = `identity--${shared.ids.uuid('identity', 'producer')}`;
    this.#papMarking = {
      type: 'marking-definition',
      spec_version: '2.1',
      id: `marking-definition--${shared.ids.uuid('marking-definition', 'pap')}`,
      created: this.#now,
      name: `PAP:${shared.pap}`,
      definition_type: 'statement',
      definition: { statement: `PAP:${shared.pap}` },
    };
    this.#markings = [tlpMarking(shared.tlp).id, this.#papMarking.id];
  }

  async *objects(): AsyncGenerator<StixObject> {
    const shared = this.#shared;
    yield tlpMarking(shared.tlp);
    yield this.#papMarking;
    yield this.#domain('identity', 'producer', {
      name: `Vigía ${shared.toolVersion}`,
      identity_class: 'system',
    });
    yield* this.#case();
    for (const technique of this.#techniques()) yield this.#attackPattern(technique);
    for (const family of this.#families()) yield* this.#family(family);
    for (const indicator of shared.indicators) yield* this.#indicator(indicator);
    yield* this.#withoutPattern();
    for (const finding of shared.findings) yield* this.#finding(finding);
    yield* this.#actions();
    for await (const message of shared.messages()) yield* this.#message(message);
  }

  /** Without a name: a reader that takes the name of a grouping for that of a tool would be led astray. */
  grouping(refs: readonly string[]): StixObject {
    const { words, toolVersion, now, profile } = this.#shared;
    return this.#domain('grouping', 'all', {
      description: words('grouping', { version: toolVersion, date: now.slice(0, 10), profile }),
      context: 'suspicious-activity',
      object_refs: refs,
    });
  }

  *#case(): Generator<StixObject> {
    const { case: source, client, words, profile } = this.#shared;
    if (client !== null) {
      yield this.#domain('identity', 'client', {
        name: client.name,
        identity_class: client.kind === 'organisation' ? 'organization' : 'individual',
        ...(source.workTypes.length === 0
          ? {}
          : { labels: source.workTypes.map((work) => `accessnow:${work}`) }),
      });
    }
    if (profile === 'indicators-only') return;
    const description = [source.summary, source.outcome, words('incident.description')];
    yield this.#domain('incident', 'case', {
      name: source.title ?? words('incident.name', { code: source.code }),
      description: description.filter((text) => text !== null).join('\n\n'),
      ...(source.incidentTypes.length === 0 ? {} : { labels: source.incidentTypes }),
      external_references: [{ source_name: 'vigia-case', external_id: source.code }],
    });
    const evidence = aboutEvidence(this.#shared);
    if (evidence !== '')
      yield this.#domain('note', 'evidence', {
        content: evidence,
        object_refs: [this.#id('incident', 'case')],
      });
    if (client !== null)
      yield this.#relationship('related-to', this.#id('incident', 'case'), this.#id('identity', 'client'));
  }

  #techniques(): string[] {
    const { case: source, findings, indicators } = this.#shared;
    const all = [
      ...source.techniques,
      ...findings.flatMap(({ technique }) => technique ?? []),
      ...indicators.flatMap(({ techniques }) => techniques),
    ];
    return [...new Set(all)].sort();
  }

  /** Named by its id: the names of ATT&CK change with its versions. */
  #attackPattern(technique: string): StixObject {
    return this.#domain('attack-pattern', technique, {
      name: technique,
      external_references: [
        {
          source_name: 'mitre-attack',
          external_id: technique,
          url: `https://attack.mitre.org/techniques/${technique.replace('.', '/')}/`,
        },
      ],
    });
  }

  #families(): string[] {
    const names = this.#shared.indicators.flatMap(
      ({ family, basis }) => (basis === 'published' && family) || [],
    );
    return [...new Set(names)].sort();
  }

  *#family(family: string): Generator<StixObject> {
    const malware = this.#domain('malware', family, { name: family, is_family: true });
    yield malware;
    const members = this.#shared.indicators.flatMap((indicator) =>
      indicator.family === family && isInfrastructure(indicator)
        ? (observableOf(indicator.type, indicator.value) ?? [])
        : [],
    );
    if (members.length === 0) return;
    const infrastructure = this.#domain('infrastructure', family, {
      name: this.#shared.words('infrastructure', { family }),
      infrastructure_types: ['unknown'],
    });
    yield infrastructure;
    yield this.#relationship('uses', malware.id, infrastructure.id);
    for (const member of members) {
      yield this.#marked(member);
      yield this.#relationship('consists-of', infrastructure.id, member.id);
    }
  }

  *#indicator(indicator: SharedIndicator): Generator<StixObject> {
    const { type, value, basis, firstSeen, lastSeen } = indicator;
    const seed = `${type} ${value}`;
    const observable = observableOf(type, value);
    const seen = firstSeen ?? this.#today();
    if (observable !== null) {
      yield this.#marked(observable);
      if (firstSeen !== null)
        yield this.#observed(seed, [observable.id], firstSeen, lastSeen ?? firstSeen, indicator.findings);
    }
    const pattern = basis === 'published' ? patternOf(type, value) : null;
    if (pattern === null) return;
    const object = this.#domain('indicator', seed, {
      name: value.slice(0, MAX_NAME_LENGTH),
      description: this.#shared.words('indicator.published'),
      indicator_types: [indicator.forDetection ? 'malicious-activity' : 'anomalous-activity'],
      pattern,
      pattern_type: 'stix',
      pattern_version: '2.1',
      valid_from: milliseconds(seen.at),
    });
    yield object;
    if (indicator.family !== null)
      yield this.#relationship('indicates', object.id, this.#id('malware', indicator.family));
    for (const technique of indicator.techniques)
      yield this.#relationship('indicates', object.id, this.#id('attack-pattern', technique));
    if (firstSeen === null) return;
    const observed = observable === null ? [] : [this.#id('observed-data', seed)];
    for (const id of observed) yield this.#relationship('based-on', object.id, id);
    yield this.#domain('sighting', seed, {
      sighting_of_ref: object.id,
      first_seen: milliseconds(firstSeen.at),
      last_seen: endOf(lastSeen ?? firstSeen),
      count: indicator.findings,
      ...(observed.length === 0 ? {} : { observed_data_refs: observed }),
      ...(this.#shared.client === null ? {} : { where_sighted_refs: [this.#id('identity', 'client')] }),
    });
  }

  #observed(
    seed: string,
    refs: readonly string[],
    first: SharedTime,
    last: SharedTime,
    count: number,
  ): StixObject {
    return this.#domain('observed-data', seed, {
      first_observed: milliseconds(first.at),
      last_observed: endOf(last),
      number_observed: count,
      object_refs: refs,
    });
  }

  /** What no pattern can say is said in words, not lost. */
  *#withoutPattern(): Generator<StixObject> {
    const { indicators, words } = this.#shared;
    const rest = indicators.filter(
      ({ type, value, basis }) => patternOf(type, value) === null && basis === 'published',
    );
    if (rest.length === 0) return;
    const lines = rest.map(({ type, value, family }) => [type, value, family ?? ''].join(' ').trim());
    yield this.#domain('note', 'without pattern', {
      content: [words('otherIndicators'), ...lines].join('\n'),
      object_refs: [this.#producer],
    });
  }

  *#finding(finding: SharedFinding): Generator<StixObject> {
    const about = finding.indicators
      .filter(({ basis, type, value }) => basis === 'published' && patternOf(type, value) !== null)
      .map(({ type, value }) => this.#id('indicator', `${type} ${value}`));
    const places = finding.places.map(({ evidence, path, locator }) =>
      `${evidence} ${path} ${locator}`.trim(),
    );
    const facts = [
      `${finding.detector} ${finding.version}: ${finding.severity}, ${finding.confidence}`,
      finding.reasonCodes.join(' '),
      finding.subjects.join(' '),
      ...places,
    ];
    yield this.#domain('note', `finding ${finding.id}`, {
      abstract: finding.title,
      content: [finding.explanation, ...finding.benignCauses, facts.filter((fact) => fact !== '').join('\n')]
        .filter((text) => text !== null)
        .join('\n\n'),
      object_refs: [this.#id('incident', 'case'), ...about],
      external_references: [{ source_name: 'vigia-finding', external_id: finding.id }],
    });
    if (finding.technique !== null)
      yield this.#relationship(
        'related-to',
        this.#id('incident', 'case'),
        this.#id('attack-pattern', finding.technique),
      );
  }

  *#actions(): Generator<StixObject> {
    const steps = new Set(this.#shared.findings.flatMap(({ nextSteps }) => nextSteps));
    for (const step of steps) {
      yield this.#domain('course-of-action', step, {
        name: step.slice(0, MAX_NAME_LENGTH),
        description: step,
      });
    }
  }

  *#message(message: SharedMessage): Generator<StixObject> {
    const { words } = this.#shared;
    yield this.#messageExtension();
    const facts = {
      ...(message.text === null ? {} : { body: message.text }),
      direction: message.direction,
      ...(message.recipients.length === 0 ? {} : { recipients: message.recipients }),
      ...(message.sender === null ? {} : { sender: message.sender }),
      ...(message.time === null ? {} : { sent_or_received: milliseconds(message.time.at) }),
      service: message.service,
    };
    const object = this.#marked({
      type: MESSAGE_TYPE,
      spec_version: '2.1',
      id: observableId(MESSAGE_TYPE, JSON.stringify(Object.fromEntries(Object.entries(facts).sort()))),
      ...facts,
      extensions: { [MESSAGE_EXTENSION]: { extension_type: 'new-sco' } },
    });
    yield object;
    const links = message.links.flatMap((link) => {
      const observable = urlObservable(link);
      return observable === null ? [] : [this.#marked(observable)];
    });
    yield* links;
    const refs = [object.id, ...links.map(({ id }) => id)];
    const time = message.time ?? this.#today();
    yield this.#observed(`message ${object.id}`, [...new Set(refs)], time, time, 1);
    const { evidence, path, locator } = message.place;
    yield this.#domain('note', `message ${object.id}`, {
      abstract: words('message', { service: message.service }),
      content: `${evidence} ${path} ${locator}`.trim() || message.service,
      object_refs: [this.#id('observed-data', `message ${object.id}`)],
    });
  }

  /** Ours, the same in every bundle but for its marking and author. */
  #messageExtension(): StixObject {
    return {
      ...this.#domain('extension-definition', 'message', {
        name: MESSAGE_TYPE,
        description: 'A short message or a message of a messenger, as a phone keeps it.',
        schema:
          'body: string; direction: incoming, outgoing or unknown; sender: string; recipients: list of string; sent_or_received: timestamp; service: string (sms, whatsapp, ...). All of them contribute to the id.',
        version: '1.0.0',
        extension_types: ['new-sco'],
      }),
      id: MESSAGE_EXTENSION,
    };
  }

  #today(): SharedTime {
    return { at: this.#shared.now, known: 'exact' };
  }

  #id(type: string, seed: string): string {
    return `${type}--${this.#shared.ids.uuid(type, seed)}`;
  }

  /** A domain or relationship object with what all of them have. */
  #domain(type: string, seed: string, properties: Readonly<Record<string, unknown>>): StixObject {
    return {
      type,
      spec_version: '2.1',
      id: this.#id(type, seed),
      created_by_ref: this.#producer,
      created: this.#now,
      modified: this.#now,
      lang: this.#shared.language,
      ...properties,
      object_marking_refs: this.#markings,
    };
  }

  #relationship(kind: string, source: string, target: string): StixObject {
    const { lang: _, ...object } = this.#domain('relationship', `${kind} ${source} ${target}`, {
      relationship_type: kind,
      source_ref: source,
      target_ref: target,
    });
    return object as StixObject;
  }

  #marked(observable: StixObservable): StixObject {
    return { ...observable, object_marking_refs: this.#markings };
  }
}

function isInfrastructure({ type, basis }: SharedIndicator): boolean {
  return basis === 'published' && ['domain', 'url', 'ipv4', 'ipv6', 'cidr'].includes(type);
}

/** STIX timestamps of objects have three decimals. */
function milliseconds(at: string): string {
  return `${at.slice(0, 23)}Z`;
}

/** The last moment of what is known: of the day, of the month. */
function endOf({ at, known }: SharedTime): string {
  if (known === 'exact') return milliseconds(at);
  if (known === 'day') return `${at.slice(0, 10)}T23:59:59.999Z`;
  const year = Number(at.slice(0, 4));
  const month = Number(at.slice(5, 7));
  return new Date(Date.UTC(year, month, 1) - 1).toISOString();
}
