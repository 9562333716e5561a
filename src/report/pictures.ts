/** Pictures of findings: one chart for each kind of picture, one file of the output folder for each kind too. */
import type { Translator } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';
import type { Figure } from './chart-parts.js';
import { conversationsFigures } from './conversations-chart.js';
import { escapeHtml } from './html-parts.js';
import { intervalsFigure } from './intervals-chart.js';
import { wrapLines } from './layout.js';
import { peopleChart } from './people-chart.js';
import { printable } from './printable.js';
import { serversFigures } from './servers-chart.js';
import { trafficFigure } from './traffic-chart.js';

type Picture = NonNullable<ResultFinding['picture']>;

/** The file of the output folder that holds the drawings of a kind of picture. */
const FILE_OF = {
  'people-over-time': 'people.svg',
  servers: 'servers.svg',
  conversations: 'conversations.svg',
  intervals: 'intervals.svg',
  traffic: 'traffic.svg',
} as const satisfies Record<Picture['kind'], string>;

export type PictureFile = (typeof FILE_OF)[Picture['kind']];
export const PICTURE_FILES: readonly PictureFile[] = Object.values(FILE_OF);

/** The picture of a finding, drawn. */
export interface DrawnPicture {
  readonly file: PictureFile;
  readonly title: string;
  /** At least one. */
  readonly figures: readonly Figure[];
}

/** Pictures drawn at most: a report of hundreds would not open. */
const MAX_PICTURES = 20;
const MARGIN = 12;
const LINE = 16;
/** Of a letter, bold and in a note: lines are broken by it, since SVG breaks none. */
const TITLE_LETTER_PIXELS = 8.6;
const NOTE_LETTER_PIXELS = 7;

/** The pictures of findings, by id of the finding, gravest first. */
export async function picturesOf(
  findings: readonly ResultFinding[],
  translate: Translator,
): Promise<ReadonlyMap<string, DrawnPicture>> {
  const pictures = new Map<string, DrawnPicture>();
  for (const { id, title, picture } of findings) {
    if (!picture || pictures.size >= MAX_PICTURES) continue;
    const figures = await figuresOf(id, title, picture, translate);
    if (figures.length > 0) pictures.set(id, { file: FILE_OF[picture.kind], title, figures });
  }
  return pictures;
}

/** The picture of one finding as an SVG document, with its notes; null when it has none. */
export async function pictureOf(finding: ResultFinding, translate: Translator): Promise<string | null> {
  const pictures = await picturesOf([finding], translate);
  const file = pictures.get(finding.id)?.file;
  return file ? stackedPictures(pictures, file) : null;
}

async function figuresOf(
  id: string,
  title: string,
  picture: Picture,
  translate: Translator,
): Promise<readonly Figure[]> {
  switch (picture.kind) {
    case 'people-over-time': {
      const figure = await peopleChart({ id, title, picture }, translate);
      return figure ? [figure] : [];
    }
    case 'servers':
      return serversFigures({ id, title, picture }, translate);
    case 'conversations':
      return conversationsFigures({ id, title, picture }, translate);
    case 'intervals': {
      const figure = await intervalsFigure({ id, title, picture }, translate);
      return figure ? [figure] : [];
    }
    case 'traffic': {
      const figure = await trafficFigure({ id, title, picture }, translate);
      return figure ? [figure] : [];
    }
  }
}

/** All drawings of one file below each other, each with its notes, as one SVG document; null when there is none. */
export function stackedPictures(
  pictures: ReadonlyMap<string, DrawnPicture>,
  file: PictureFile,
): string | null {
  const drawn = [...pictures.values()].filter((picture) => picture.file === file);
  if (drawn.length === 0) return null;
  const width = Math.max(...drawn.flatMap(({ figures }) => figures.map((figure) => figure.width)));
  let top = MARGIN;
  const parts: string[] = [];
  const say = (words: string, isTitle = false): void => {
    const letters = Math.floor((width - 2 * MARGIN) / (isTitle ? TITLE_LETTER_PIXELS : NOTE_LETTER_PIXELS));
    const font = isTitle ? 'font-weight="700"' : 'font-size="12"';
    for (const line of wrapLines(words, letters)) {
      top += LINE;
      parts.push(`<text x="${MARGIN}" y="${top}" ${font}>${escapeHtml(line)}</text>`);
    }
  };
  for (const { title, figures } of drawn) {
    say(printable(title, 240), true);
    for (const { svg, height, caption, notes } of figures) {
      if (caption !== title) say(caption);
      parts.push(svg.replace('<svg ', `<svg y="${top + 8}" `));
      top += height + 8;
      for (const note of notes) say(note);
      top += LINE;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="system-ui, sans-serif" font-size="13"><rect width="100%" height="100%" fill="#ffffff"/>${parts.join('')}</svg>\n`;
}
