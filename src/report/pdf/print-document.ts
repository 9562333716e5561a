/** A document to be printed, as data: what is in it and in which order. How it looks is for the ones that render it. */
import type { Confidence, Language, Severity } from '../../core/contracts.js';

/** A piece of text of one look. `code`: text of the evidence, in the type of a machine. */
export type Run =
  | string
  | { readonly text: string; readonly style: 'code' | 'strong' | 'muted' | 'unread' | Severity }
  /** The shape of a severity, the bars of a confidence: pictures beside a word that says the same. */
  | { readonly severityMark: Severity }
  | { readonly confidenceMark: Confidence };

/** A text made of pieces. Everything in it may come from evidence. */
export type Words = string | readonly Run[];

export interface PrintColumn {
  readonly label: string;
  /** `narrow`: as wide as its content, which must be short. A number is its share of what is left. */
  readonly width: 'narrow' | number;
  readonly isNumber?: boolean;
}

/** A cell of a table: one paragraph or several, later ones usually muted. */
export type PrintCell = Words | { readonly lines: readonly Words[] };

export type PrintBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | {
      readonly kind: 'paragraph';
      readonly words: Words;
      /** `meta` stands above a heading and stays with it. `caption` stays with what follows. */
      readonly look?: 'lead' | 'muted' | 'meta' | 'caption' | 'brand';
    }
  | {
      readonly kind: 'list';
      readonly look: 'bullets' | 'numbers' | 'plain' | 'row';
      readonly items: readonly Words[];
    }
  /** Paragraphs with a number of their own in front, which other parts of the document name. */
  | { readonly kind: 'numbered'; readonly items: readonly NumberedItem[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly columns: readonly PrintColumn[];
      readonly rows: readonly (readonly PrintCell[])[];
      /** The caption only names it for those who do not see: it stands under a heading that says the same. */
      readonly hidesCaption?: boolean;
    }
  /** Names and values. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: PrintCell])[] }
  | {
      readonly kind: 'figure';
      readonly caption: string;
      /** What the drawing shows, for those who do not see it. */
      readonly alternative: string;
      /** A drawing made here, by code: never one of the evidence. */
      readonly svg: string;
    }
  /** A box for what must not be missed. */
  | { readonly kind: 'callout'; readonly blocks: readonly PrintBlock[] }
  /** A part with a line at its side, such as a finding. */
  | { readonly kind: 'entry'; readonly blocks: readonly PrintBlock[] }
  /** A line to be filled in by hand. */
  | { readonly kind: 'blank'; readonly label: string; readonly lines: number }
  | { readonly kind: 'contents'; readonly title: string }
  | { readonly kind: 'page-break' };

export interface NumberedItem {
  readonly label: string;
  readonly words: Words;
  readonly notes: readonly Words[];
}

export interface PrintDocument {
  readonly language: Language;
  /** Also the first heading. */
  readonly title: string;
  /** UTC in any ISO 8601 form; it becomes the date of the file, so that the same document is the same bytes. */
  readonly date: string;
  /** Above the title. */
  readonly brand: string;
  /** Top of every page, left and right: the marking for sharing and the code of the case; "" for none. */
  readonly header: readonly [left: string, right: string];
  /** Bottom of every page, left. The number of the page stands right. */
  readonly footer: string;
  /** Said under the title where characters had to be shown by their code because no font has them. */
  readonly missingCharacters: string;
  readonly blocks: readonly PrintBlock[];
}
