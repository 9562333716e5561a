import { useState } from 'react';
import type { Graph } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Column, Fold, Row, Section } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Table } from '../../ui/table.js';
import { GraphPicture, harmlessLabel } from './graph/graph-picture.js';

type Node = Graph['nodes'][number];
type Edge = Graph['edges'][number];

/** People of a case and what reached them: as a picture, and the same in tables. */
export function GraphTab({ code }: { readonly code: string }) {
  const graph = useRead<Graph>(`/graph?case=${encodeURIComponent(code)}`);
  return <Loaded query={graph}>{(known) => <Known graph={known} />}</Loaded>;
}

function Known({ graph }: { readonly graph: Graph }) {
  const t = useTexts();
  const [chosen, setChosen] = useState<string | null>(null);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const node = chosen === null ? undefined : byId.get(chosen);
  if (graph.edges.length === 0)
    return (
      <Section title={t('graph.title')}>
        <p>{t('graph.empty')}</p>
      </Section>
    );
  return (
    <Column gap="large">
      <Section title={t('graph.title')}>
        <p>{t('graph.what')}</p>
        {graph.shown < graph.total ? (
          <p>{t('graph.shown', { shown: graph.shown, total: graph.total, criterion: graph.criterion })}</p>
        ) : null}
        <GraphPicture graph={graph} chosen={chosen} onChoose={setChosen} />
      </Section>
      <div aria-live="polite">
        {node ? (
          <Section
            title={t('graph.ties')}
            actions={<Button onClick={() => setChosen(null)}>{t('graph.unchoose')}</Button>}
          >
            <p>
              <Name node={node} />
            </p>
            <Edges
              caption={t('graph.ties')}
              edges={graph.edges.filter(({ from, to }) => from === node.id || to === node.id)}
              byId={byId}
            />
          </Section>
        ) : null}
      </div>
      <Section title={t('graph.all')}>
        <Table
          caption={t('graph.nodes')}
          isCaptionShown
          rows={graph.nodes}
          keyOf={({ id }) => id}
          columns={[
            { name: t('graph.kind'), cell: (one) => kindOf(one, t('graph.person')) },
            { name: t('graph.name'), cell: (one) => <EvidenceText text={harmlessLabel(one)} /> },
            {
              name: t('graph.tieCount'),
              isNumber: true,
              cell: ({ id }) =>
                t.number(graph.edges.filter(({ from, to }) => from === id || to === id).length),
            },
            {
              name: t('graph.see'),
              cell: ({ id }) => (
                <Button size="small" look="quiet" isPressed={id === chosen} onClick={() => setChosen(id)}>
                  {t('graph.choose')}
                </Button>
              ),
            },
          ]}
        />
        <Fold summary={t('graph.allEdges', { count: graph.edges.length })}>
          <Edges caption={t('graph.edges')} edges={graph.edges} byId={byId} />
        </Fold>
      </Section>
    </Column>
  );
}

function Edges({
  caption,
  edges,
  byId,
}: {
  readonly caption: string;
  readonly edges: readonly Edge[];
  readonly byId: ReadonlyMap<string, Node>;
}) {
  const t = useTexts();
  return (
    <Table
      caption={caption}
      rows={edges}
      keyOf={({ from, to, technique }) => `${from} ${to} ${technique}`}
      columns={[
        { name: t('graph.person'), cell: ({ from }) => <Label node={byId.get(from)} /> },
        { name: t('graph.kind'), cell: ({ to }) => byId.get(to)?.type ?? '' },
        { name: t('graph.trace'), cell: ({ to }) => <Label node={byId.get(to)} /> },
        { name: t('graph.technique'), cell: ({ technique }) => technique },
        { name: t('graph.times'), isNumber: true, cell: ({ count }) => t.number(count) },
      ]}
    />
  );
}

function Name({ node }: { readonly node: Node }) {
  const t = useTexts();
  return (
    <Row gap="small">
      <strong>{kindOf(node, t('graph.person'))}:</strong> <Label node={node} />
    </Row>
  );
}

function Label({ node }: { readonly node: Node | undefined }) {
  return node ? <EvidenceText text={harmlessLabel(node)} /> : null;
}

function kindOf({ kind, type }: Node, person: string): string {
  return kind === 'person' ? person : type;
}
