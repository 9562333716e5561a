import { UNKNOWN_FAMILY } from '../../core/indicator.js';
import { defang } from '../../records/links.js';
import type { PrintBlock, PrintCell } from '../../report/pdf/print-document.js';
import { currentConsent } from '../consent/consent-gate.js';
import type { Consent } from '../model/consent.js';
import {
  type CaseFinding,
  type DossierContext,
  heading,
  muted,
  paragraph,
  recorded,
  table,
  utcWords,
} from './dossier-context.js';

/** Cover: what this is, of which case, and with whom it may be shared. */
export function cover(context: DossierContext): PrintBlock[] {
  const { input, say, translate, pack } = context;
  const { tlp, code, title, lead } = input.case;
  return [
    {
      kind: 'callout',
      blocks: [
        { kind: 'paragraph', look: 'lead', words: `TLP:${tlp.toUpperCase()}` },
        paragraph(say(`tlpMeans.${tlp}`)),
      ],
    },
    {
      kind: 'facts',
      rows: [
        [say('cover.case'), code],
        [say('cover.about'), recorded(title, context)],
        [say('cover.date'), { lines: [translate.time(input.now), `${utcWords(input.now)} UTC`] }],
        [say('cover.preparedBy'), recorded(lead, context)],
        [say('cover.program'), `Vigía ${input.version}`],
        [
          say('cover.pack'),
          pack
            ? say('cover.packLine', { name: pack.name[input.language], date: pack.date })
            : say('cover.noPack'),
        ],
        [
          say('cover.custodyHead'),
          input.custody.verdict.headHash
            ? [{ text: input.custody.verdict.headHash, style: 'code' }]
            : say('notRecorded'),
        ],
      ],
    },
    paragraph(say('cover.whatItIs')),
    paragraph([{ text: say('cover.phone'), style: 'strong' }]),
    muted(`${say('cover.zone', { zone: input.timeZone })} ${say('cover.links')}`),
    { kind: 'page-break' },
    { kind: 'contents', title: say('contents') },
    { kind: 'page-break' },
  ];
}

/** Whether the consent in force lets the name stand in a complaint. */
function mayName({ input }: DossierContext): boolean {
  const consent = currentConsent(input.consents, input.case.id, input.now);
  return consent !== null && isInForce(consent, input.now) && consent.scope.useInComplaint === 'yes';
}

function isInForce(consent: Consent, now: string): boolean {
  const isOver = (at: string | null): boolean => at !== null && at <= now;
  return !isOver(consent.withdrawnAt) && !isOver(consent.expiresAt);
}

export function parties(context: DossierContext): PrintBlock[] {
  const { input, say } = context;
  const identity = mayName(context) ? input.identity : null;
  const pseudonym = say('parties.pseudonym', { name: input.case.clientRef });
  const address = identity?.contacts.find(({ safe }) => safe);
  return [
    heading(1, say('parties.heading')),
    {
      kind: 'facts',
      rows: [
        [say('parties.victim'), identity ? identity.name : { lines: [pseudonym, say('parties.why')] }],
        [say('parties.representative'), recorded(input.case.lead, context)],
        [
          say('parties.address'),
          address ? `${address.channel}: ${address.address}` : say('parties.noAddress'),
        ],
      ],
    },
    ...consentBlocks(context),
    ...departureBlocks(context),
  ];
}

function consentBlocks(context: DossierContext): PrintBlock[] {
  const { input, say, translate } = context;
  const own = input.consents.filter(({ caseId }) => caseId === input.case.id);
  if (own.length === 0) return [paragraph([{ text: say('parties.noConsent'), style: 'strong' }])];
  const rows = own.map((consent): PrintCell[] => {
    const { scope, withdrawnAt, expiresAt } = consent;
    const { shareWith, ...answers } = scope;
    const state =
      withdrawnAt !== null && withdrawnAt <= input.now
        ? say('parties.state.withdrawn', { time: { time: withdrawnAt } })
        : expiresAt !== null && expiresAt <= input.now
          ? say('parties.state.expired', { time: { time: expiresAt } })
          : say('parties.state.inForce');
    const lines = Object.entries(answers).map(([name, answer]) =>
      say('parties.scopeLine', {
        scope: say(`parties.scope.${name}`),
        answer: say(`parties.answer.${answer}`),
      }),
    );
    if (shareWith.length > 0) lines.push(say('parties.shareWith', { names: { list: shareWith } }));
    return [
      translate.time(consent.at),
      consent.givenBy,
      say(`parties.method.${consent.method}`),
      lines.join('; '),
      state,
    ];
  });
  const thirdParties = own.filter(({ thirdPartyData }) => thirdPartyData.trim() !== '');
  return [
    ...table(
      say('parties.consents'),
      [
        { label: say('parties.col.at'), width: 1 },
        { label: say('parties.col.by'), width: 0.8 },
        { label: say('parties.col.how'), width: 0.8 },
        { label: say('parties.col.scope'), width: 2.6 },
        { label: say('parties.col.state'), width: 1 },
      ],
      rows,
    ),
    ...(mayName(context) ? [] : [paragraph([{ text: say('parties.noComplaint'), style: 'strong' }])]),
    ...thirdParties.map(({ thirdPartyData }) =>
      paragraph(say('parties.thirdParties', { text: thirdPartyData })),
    ),
  ];
}

function departureBlocks({ input, say, translate }: DossierContext): PrintBlock[] {
  if (input.departures.length === 0)
    return [
      { kind: 'paragraph', look: 'caption', words: say('parties.departures') },
      paragraph(say('parties.noDepartures')),
    ];
  return table(
    say('parties.departures'),
    [
      { label: say('parties.dep.at'), width: 1 },
      { label: say('parties.dep.to'), width: 1 },
      { label: say('parties.dep.purpose'), width: 0.9 },
      { label: say('parties.dep.what'), width: 2 },
    ],
    input.departures.map(({ at, to, purpose, what, sha256 }): PrintCell[] => [
      translate.time(at),
      to,
      purpose,
      { lines: [what, ...(sha256 ? [[{ text: sha256, style: 'code' as const }]] : [])] },
    ]),
  );
}

/** At most so many names in a sentence. */
const NAMES_SHOWN = 30;

export function jurisdiction(context: DossierContext): PrintBlock[] {
  const { input, say, pack, translate } = context;
  const { region } = input.case;
  const country = translate.value({ country: input.case.country });
  const { language } = input;
  const own = input.case.statements.jurisdiction.trim();
  return [
    heading(1, say('jurisdiction.heading')),
    paragraph(
      region.trim() === ''
        ? say('jurisdiction.noRegion', { country })
        : say('jurisdiction.place', { country, region }),
    ),
    ...(own === '' ? [] : [paragraph(own)]),
    ...(pack?.competence ?? []).flatMap(({ text, basis, source }) => [
      paragraph(text[language]),
      muted(
        `${say('grid.status')}. ${say('grid.sourceLine', { source: source[language], basis, date: pack?.date ?? '' })}`,
      ),
    ]),
    ...(pack && pack.lines.length > 0
      ? [
          heading(2, say('jurisdiction.linesHeading')),
          muted(
            say('grid.sourceLine', {
              source: pack.linesSource.source[language],
              basis: pack.linesSource.basis,
              date: pack.date,
            }),
          ),
          ...pack.lines.flatMap(({ id, title }, index) => [
            heading(3, `${index + 1}. ${title[language]}`),
            ...lineAnswers(id, context).map(paragraph),
          ]),
        ]
      : []),
  ];
}

function lineAnswers(
  line: 'affected' | 'origin' | 'senders' | 'malware' | 'vendor',
  { findings, say, input }: DossierContext,
): string[] {
  const counted = (key: string, names: Iterable<string>): string => {
    const all = [...new Set(names)].filter((name) => name !== '').sort();
    const shown = all.slice(0, NAMES_SHOWN);
    if (all.length > shown.length) shown.push(`… (${all.length})`);
    return say(`lines.${key}`, { count: all.length, names: { list: shown.length > 0 ? shown : ['–'] } });
  };
  switch (line) {
    case 'affected':
      return [
        counted(
          'affected',
          findings.flatMap(({ finding }) => finding.subjects),
        ),
      ];
    case 'origin':
      return [
        counted(
          'origin',
          findings.flatMap((one) => senderOf(one) ?? []),
        ),
        counted(
          'hosts',
          findings.flatMap(({ finding: { indicator } }) =>
            indicator && HOSTS.has(indicator.type) ? [defang(indicator.value)] : [],
          ),
        ),
        say('lines.originLimit'),
      ];
    case 'senders':
      return [say('lines.senders')];
    case 'malware':
      return [
        counted(
          'malware',
          findings.flatMap(({ finding: { indicator } }) =>
            indicator && indicator.family !== UNKNOWN_FAMILY ? [indicator.family] : [],
          ),
        ),
        say('lines.malwareLimit'),
      ];
    case 'vendor': {
      const said = input.case.statements.attribution.trim();
      return [said === '' ? say('lines.vendor') : say('unknown.recorded', { text: said })];
    }
  }
}

const HOSTS: ReadonlySet<string> = new Set(['domain', 'url', 'ipv4', 'ipv6', 'cidr', 'email']);

/** Who sent what a finding is about, as recorded for it or as the finding itself says. */
export function senderOf({ observation, finding }: CaseFinding): string | null {
  const sender = observation?.sender ?? finding.details?.sender;
  return typeof sender === 'string' && sender !== '' ? sender : null;
}
