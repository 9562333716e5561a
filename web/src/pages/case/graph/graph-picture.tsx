import { type PointerEvent, useRef, useState } from 'react';
import { visibleText } from '../../../../../src/core/language.js';
import { defang } from '../../../../../src/records/refang.js';
import type { Graph } from '../../../api/paths.js';
import { useTexts } from '../../../texts/texts.js';
import { Button } from '../../../ui/button.js';
import { Column, Row } from '../../../ui/layout.js';
import classes from './graph.module.css';

type Node = Graph['nodes'][number];

/** Units of the drawing; what lies at its edge still has room for a label. */
const [WIDTH, HEIGHT, MARGIN] = [1_000, 620, 70];
const [LEAST_ZOOM, MOST_ZOOM, ZOOM_STEP, PAN_SHARE] = [1, 8, 1.5, 0.25];
/** More labels than this lie over each other: then only people and what is chosen have one. */
const ALL_LABELS = 60;
/** Of what is chosen: round a middle there is no room for more. */
const NEAR_LABELS = 14;
const LABEL_CHARACTERS = 26;

interface View {
  readonly zoom: number;
  /** Middle of what is seen, in units of the drawing. */
  readonly x: number;
  readonly y: number;
}
const WHOLE: View = { zoom: 1, x: WIDTH / 2, y: HEIGHT / 2 };

/** People as circles, traces as squares. For the eyes and the pointer: the tables say the same to everybody. */
export function GraphPicture({
  graph,
  chosen,
  onChoose,
}: {
  readonly graph: Graph;
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}) {
  const t = useTexts();
  const [view, setView] = useState(WHOLE);
  const drag = useRef<{ readonly x: number; readonly y: number; readonly view: View } | null>(null);
  const [width, height] = [WIDTH / view.zoom, HEIGHT / view.zoom];
  const places = new Map(graph.nodes.map((node) => [node.id, placeOf(node)]));
  const near = new Set(
    graph.edges.flatMap(({ from, to }) => (from === chosen || to === chosen ? [from, to] : [])),
  );
  const isLabelled = (node: Node): boolean =>
    graph.nodes.length <= ALL_LABELS ||
    node.kind === 'person' ||
    // What several people have is what the picture is for.
    node.weight > 1 ||
    node.id === chosen ||
    (near.size <= NEAR_LABELS && near.has(node.id)) ||
    view.zoom >= 3;
  const zoom = (by: number): void => setView(inside({ ...view, zoom: view.zoom * by }));
  const pan = (x: number, y: number): void =>
    setView(inside({ ...view, x: view.x + x * width * PAN_SHARE, y: view.y + y * height * PAN_SHARE }));

  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const begun = drag.current;
    if (!begun) return;
    const perPixel = width / event.currentTarget.getBoundingClientRect().width;
    setView(
      inside({
        ...begun.view,
        x: begun.view.x - (event.clientX - begun.x) * perPixel,
        y: begun.view.y - (event.clientY - begun.y) * perPixel,
      }),
    );
  };

  return (
    <Column gap="small">
      <Row gap="small">
        <Button size="small" disabled={view.zoom >= MOST_ZOOM} onClick={() => zoom(ZOOM_STEP)}>
          {t('graph.closer')}
        </Button>
        <Button size="small" disabled={view.zoom <= LEAST_ZOOM} onClick={() => zoom(1 / ZOOM_STEP)}>
          {t('graph.farther')}
        </Button>
        {view.zoom > LEAST_ZOOM ? (
          <>
            <Button size="small" onClick={() => pan(-1, 0)}>
              {t('graph.left')}
            </Button>
            <Button size="small" onClick={() => pan(1, 0)}>
              {t('graph.right')}
            </Button>
            <Button size="small" onClick={() => pan(0, -1)}>
              {t('graph.up')}
            </Button>
            <Button size="small" onClick={() => pan(0, 1)}>
              {t('graph.down')}
            </Button>
            <Button size="small" onClick={() => setView(WHOLE)}>
              {t('graph.whole')}
            </Button>
          </>
        ) : null}
      </Row>
      <svg
        className={classes.picture}
        viewBox={`${view.x - width / 2} ${view.y - height / 2} ${width} ${height}`}
        role="img"
        aria-label={t('graph.alt', { people: countOf(graph, 'person'), traces: countOf(graph, 'trace') })}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY, view };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerLeave={() => {
          drag.current = null;
        }}
      >
        {graph.edges.map(({ from, to, technique }) => {
          const [a, b] = [places.get(from), places.get(to)];
          if (!a || !b) return null;
          const isNear = from === chosen || to === chosen;
          return (
            <line
              key={`${from} ${to} ${technique}`}
              x1={a.x}
              y1={a.y}
              x2={b.x}
              y2={b.y}
              className={isNear ? `${classes.edge} ${classes.near}` : classes.edge}
              strokeWidth={(isNear ? 3 : 1.5) / view.zoom}
            />
          );
        })}
        {graph.nodes.map((node) => (
          <Mark
            key={node.id}
            node={node}
            zoom={view.zoom}
            isChosen={node.id === chosen}
            onChoose={() => onChoose(node.id === chosen ? null : node.id)}
          />
        ))}
        {graph.nodes.filter(isLabelled).map((node) => (
          <Label key={node.id} node={node} zoom={view.zoom} />
        ))}
      </svg>
      <p className={classes.legend}>{t('graph.legend')}</p>
    </Column>
  );
}

function Mark({
  node,
  zoom,
  isChosen,
  onChoose,
}: {
  readonly node: Node;
  readonly zoom: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { x, y } = placeOf(node);
  const size = sizeOf(node, zoom);
  const shape = `${node.kind === 'person' ? classes.person : classes.trace} ${isChosen ? classes.chosen : ''}`;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tables choose the same with the keyboard
    <g className={classes.node} onClick={onChoose}>
      {node.kind === 'person' ? (
        <circle cx={x} cy={y} r={size} className={shape} strokeWidth={3 / zoom} />
      ) : (
        <rect
          x={x - size * 0.8}
          y={y - size * 0.8}
          width={size * 1.6}
          height={size * 1.6}
          className={shape}
          strokeWidth={3 / zoom}
        />
      )}
    </g>
  );
}

/** Drawn after all marks: none lies over it. */
function Label({ node, zoom }: { readonly node: Node; readonly zoom: number }) {
  const { x, y } = placeOf(node);
  return (
    <text
      x={x}
      y={y + sizeOf(node, zoom) + 15 / zoom}
      fontSize={13 / zoom}
      textAnchor="middle"
      className={classes.label}
      strokeWidth={3 / zoom}
    >
      {shortLabel(node)}
    </text>
  );
}

function sizeOf({ weight }: Node, zoom: number): number {
  return (9 + Math.min(9, Math.sqrt(weight) * 2)) / Math.sqrt(zoom);
}

function placeOf({ x, y }: Node): { readonly x: number; readonly y: number } {
  return { x: MARGIN + x * (WIDTH - 2 * MARGIN), y: MARGIN / 2 + y * (HEIGHT - MARGIN * 1.2) };
}

function inside({ zoom, x, y }: View): View {
  const kept = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, zoom));
  const [width, height] = [WIDTH / kept, HEIGHT / kept];
  return {
    zoom: kept,
    x: Math.max(width / 2, Math.min(WIDTH - width / 2, x)),
    y: Math.max(height / 2, Math.min(HEIGHT - height / 2, y)),
  };
}

/** A trace may be a host or an address, of which programs make links. */
export function harmlessLabel({ kind, label }: Node): string {
  return kind === 'trace' ? defang(label) : label;
}

/** Text of evidence: harmless, visible, and no longer than fits. */
function shortLabel(node: Node): string {
  const shown = visibleText(harmlessLabel(node));
  return shown.length > LABEL_CHARACTERS ? `${shown.slice(0, LABEL_CHARACTERS - 1)}…` : shown;
}

function countOf({ nodes }: Graph, kind: Node['kind']): number {
  return nodes.filter((node) => node.kind === kind).length;
}
