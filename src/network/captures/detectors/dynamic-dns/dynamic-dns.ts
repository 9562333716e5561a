import { compareText } from '../../../../core/compare-text.js';
import type { Detection, Detector, EvidenceRecord, FindingDraft } from '../../../../core/contracts.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import type { Dns } from '../../../../records/kinds/dns.js';
import type { Flow } from '../../../../records/kinds/flow.js';
import type { Http } from '../../../../records/kinds/http.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { DYNAMIC_DNS_PARENTS, type DynamicDnsKind, dynamicDnsParent } from '../../known/dynamic-dns.js';
import { plainName } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';

type Watched = Dns | Tls | Http | Flow;

/** Hosts told one by one; a capture with more is about something else than a phone. */
const MAX_HOSTS = 200;
const MAX_PLACES = 100;
const MAX_LISTED = 20;
const MAX_NAMED = 5;

interface Case {
  readonly evidence: string;
  readonly host: string;
  readonly parent: string;
  readonly kind: DynamicDnsKind;
  lookUps: number;
  contacts: number;
  readonly places: Smallest<SeenAt>;
  readonly addresses: Smallest<string>;
  readonly devices: Smallest<string>;
}

/**
 * Hosts under free and dynamic DNS parents, and under tunnels to somebody's own computer (checks IOC-05 and IOC-09 of
 * SpyGuard and TinyCheck). Shows that a name was looked up or spoken to that anybody can get for nothing. Says nothing about
 * who has it: most often it is a camera, storage or a server at home.
 *
 * `details`: `aliases`, `host`, `parent`, `kind` (`dynamic`, `appliance`, `tunnel`), `lookUps`, `contacts`, `addresses`,
 * `devices`, `leftOut` (hosts not followed).
 */
export const detector: Detector<Watched> = {
  id: 'captures/dynamic-dns',
  version: 1,
  watches: ['dns', 'tls', 'http', 'flow'],
  references: [
    'https://github.com/SpyGuard/SpyGuard',
    'https://github.com/KasperskyLab/TinyCheck',
    'https://attack.mitre.org/techniques/T1568/',
    'https://publicsuffix.org/list/',
  ],
  start: () => new DynamicDns(),
};

class DynamicDns implements Detection<Watched> {
  readonly #cases = new SampledMap<Case>(MAX_HOSTS);

  see(record: Watched): void {
    switch (record.kind) {
      case 'dns':
        if (record.service === 'dns') this.#seeDns(record);
        break;
      case 'tls':
        if (record.serverName !== null) this.#seeContact(record, record.serverName);
        break;
      case 'http':
        if (record.host !== null) this.#seeContact(record, record.host);
        break;
      case 'flow':
        // The hello and the request of a connection are counted; of the flow only its place is new.
        for (const name of record.serverNames) this.#place(record, name);
        break;
    }
  }

  end(): readonly FindingDraft[] {
    return [...this.#cases.values()]
      .sort((a, b) => compareText(a.evidence, b.evidence) || compareText(a.host, b.host))
      .map((each) => findingOf(each, this.#cases.aboutLeftOut));
  }

  #seeDns(record: Dns): void {
    const answered = record.answers.flatMap(({ type, data }) =>
      type === 'A' || type === 'AAAA' ? [data] : [],
    );
    // Names behind aliases count as well: "foto.example" may be an alias of "casa.ddns.net".
    const aliases = record.answers.flatMap(({ type, data }) => (type === 'CNAME' ? [data] : []));
    for (const name of new Set([record.name, ...aliases].map(plainName))) {
      const known = this.#place(record, name);
      if (known === null) continue;
      known.lookUps += 1;
      if (record.clientAddress !== null) known.devices.add(record.clientAddress);
      for (const address of answered) known.addresses.add(address);
      if (record.answerFrame !== null && record.source.locator.startsWith('frame '))
        known.places.add({
          at: record.answeredAt,
          source: { ...record.source, locator: `frame ${record.answerFrame}` },
        });
    }
  }

  #seeContact(record: Tls | Http, name: string): void {
    const known = this.#place(record, name);
    if (known === null) return;
    known.contacts += 1;
    if (record.serverAddress !== null) known.addresses.add(record.serverAddress);
    if (record.clientAddress !== null) known.devices.add(record.clientAddress);
  }

  /** The case of a name, with one more place; null for names that are not dynamic. */
  #place({ at, source }: EvidenceRecord, name: string): Case | null {
    const parent = dynamicDnsParent(name);
    if (parent === null) return null;
    const host = plainName(name);
    const { evidence } = source;
    const known = this.#cases.at(`${evidence} ${host}`, () => ({
      evidence,
      host,
      parent,
      kind: DYNAMIC_DNS_PARENTS.get(parent) ?? 'dynamic',
      lookUps: 0,
      contacts: 0,
      places: new Smallest(MAX_PLACES, compareSeen),
      addresses: new Smallest(MAX_LISTED, compareText),
      devices: new Smallest(MAX_LISTED, compareText),
    }));
    known?.places.add({ at, source });
    return known;
  }
}

function findingOf(each: Case, leftOut: number): FindingDraft {
  const { host, parent, kind, lookUps, contacts } = each;
  const places = each.places.values();
  const addresses = each.addresses.values();
  const devices = each.devices.values();
  const alias = contacts > 0 && lookUps === 0 ? 'IOC-09' : 'IOC-05';
  const values = {
    alias,
    host: { link: host },
    parent: { link: parent },
    kind,
    lookUps,
    contacts,
    addressCount: addresses.length,
    addresses: { list: addresses.slice(0, MAX_NAMED).map((link) => ({ link })) },
    deviceCount: devices.length,
    devices: { list: devices.slice(0, MAX_NAMED) },
    leftOut,
  };
  return {
    severity: 'low',
    confidence: 'low',
    shows: 'oddity',
    ...(kind === 'dynamic' ? {} : { variant: kind }),
    values,
    at: places[0]?.at ?? null,
    reasons: [{ code: kind, values }],
    details: {
      aliases: ['IOC-05', 'IOC-09'],
      host,
      parent,
      kind,
      lookUps,
      contacts,
      addresses,
      devices,
      leftOut,
    },
    evidence: places.map(({ source }) => source),
  };
}
