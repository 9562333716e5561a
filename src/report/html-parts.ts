/** The few pieces of HTML the report is made of. Everything that is text goes through `escapeHtml`. */
import { printable } from './printable.js';

/** HTML that is ready: a text is not, until it was escaped. */
export interface Html {
  readonly html: string;
}

/** The one place where text becomes HTML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A text as HTML: addresses defanged, hidden characters shown. */
export function text(value: string): Html {
  return { html: escapeHtml(printable(value)) };
}

/** HTML made here, in the code: never from a text of the result. */
export function raw(html: string): Html {
  return { html };
}

/**
 * A template whose values are escaped unless they are HTML already.
 *
 * @example
 * markup`<p>${'a < b'}</p>`.html; // '<p>a &lt; b</p>'
 */
export function markup(
  parts: TemplateStringsArray,
  ...values: readonly (string | Html | readonly Html[])[]
): Html {
  let html = parts[0] ?? '';
  for (const [index, value] of values.entries()) {
    const piece = typeof value === 'string' ? text(value) : 'html' in value ? value : join(value);
    html += piece.html + (parts[index + 1] ?? '');
  }
  return { html };
}

export function join(pieces: readonly Html[]): Html {
  return { html: pieces.map((piece) => piece.html).join('') };
}

export const NOTHING: Html = { html: '' };

/** Text of the evidence, in the type of a machine; its direction is kept to itself, and paths break after their signs. */
export function code(value: string): Html {
  const broken = text(value).html.replace(/[/\\?=](?=[^<])/g, '$&<wbr>');
  return markup`<code><bdi>${raw(broken)}</bdi></code>`;
}

export function list(tag: 'ul' | 'ol', items: readonly (string | Html)[], className = ''): Html {
  if (items.length === 0) return NOTHING;
  const rows = items.map((item) => markup`<li>${item}</li>`);
  const attribute = className === '' ? '' : ` class="${escapeHtml(className)}"`;
  return markup`${raw(`<${tag}${attribute}>`)}${rows}${raw(`</${tag}>`)}`;
}

export interface Column {
  readonly label: string;
  readonly className?: 'number' | 'wide' | 'narrow';
}

/**
 * A table with headers for eyes and for screen readers; the first column names the row. On a narrow screen every row
 * becomes a small card, with the header in front of each value.
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Html[])[]): Html {
  if (rows.length === 0) return NOTHING;
  const head = columns.map(
    (column) => markup`<th scope="col" role="columnheader"${classOf(column)}>${column.label}</th>`,
  );
  const body = rows.map((cells) => {
    const items = cells.map((cell, index) => {
      const column = columns[index];
      const label = raw(` data-label="${text(column?.label ?? '').html}"`);
      return index === 0
        ? markup`<th scope="row" role="rowheader"${column ? classOf(column) : NOTHING}${label}>${cell}</th>`
        : markup`<td role="cell"${column ? classOf(column) : NOTHING}${label}><div>${cell}</div></td>`;
    });
    return markup`<tr role="row">${items}</tr>\n`;
  });
  // A short table is not torn apart in print.
  const open = raw(rows.length <= 4 ? '<table role="table" class="short">' : '<table role="table">');
  return markup`${open}<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${body}</tbody></table>
`;
}

function classOf(column: Column): Html {
  return column.className ? raw(` class="${column.className}"`) : NOTHING;
}
