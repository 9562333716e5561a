import { createHash } from 'node:crypto';
import { code, escapeHtml, type Html, join, markup, NOTHING, raw, text } from './html-parts.js';
import { STYLE } from './html-style.js';
import { confidencePicture, severityPicture } from './marks.js';
import type { PrintBlock, PrintCell, PrintColumn, PrintDocument, Run, Words } from './pdf/print-document.js';
import { printable } from './printable.js';

const DOCUMENT_STYLE = `${STYLE}
.furniture { display: flex; justify-content: space-between; gap: 24px; font-size: .875rem; color: #55606a; }
.numbered { display: grid; grid-template-columns: 3rem minmax(0, 1fr); margin: 12px 0; break-inside: avoid; }
.numbered p { margin: 0 0 4px; }
.facts th { width: 30%; color: #55606a; }
.caption { font-weight: 700; margin-top: 16px; break-after: avoid; }
.line { border: 0; border-bottom: 1px solid #78838d; height: 28px; margin: 0; }
@media print { .page-break { break-before: page; } }
`;

/** A document as one HTML page under the rules of report.html: no script, no link, nothing from outside, made to be printed. */
export function documentHtml(document: PrintDocument): string {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(DOCUMENT_STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const [left, right] = document.header;
  const headings = headingsOf(document.blocks);
  const { html } = markup`<!doctype html>
<html lang="${document.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${document.brand} · ${document.title}</title>
<style>${raw(DOCUMENT_STYLE)}</style>
</head>
<body>
<header>
<p class="furniture"><strong>${left}</strong><span>${right}</span></p>
<p class="brand">${document.brand}</p>
<h1>${document.title}</h1>
</header>
<main>
${document.blocks.map((block) => blockHtml(block, headings))}
</main>
<footer><p class="muted">${left} · ${document.footer}</p></footer>
</body>
</html>
`;
  return html;
}

function headingsOf(blocks: readonly PrintBlock[]): string[] {
  return blocks.flatMap((block) => (block.kind === 'heading' && block.level === 1 ? [block.text] : []));
}

function blockHtml(block: PrintBlock, headings: readonly string[]): Html {
  const inner = (blocks: readonly PrintBlock[]): Html[] => blocks.map((one) => blockHtml(one, headings));
  switch (block.kind) {
    case 'heading': {
      // The title of the document is the first level.
      const tag = `h${block.level + 1}`;
      return markup`${raw(`<${tag}>`)}${block.text}${raw(`</${tag}>`)}\n`;
    }
    case 'paragraph':
      return markup`${raw(block.look ? `<p class="${block.look}">` : '<p>')}${words(block.words)}</p>\n`;
    case 'list': {
      const tag = block.look === 'numbers' ? 'ol' : 'ul';
      const look = block.look === 'plain' ? ' class="places"' : block.look === 'row' ? ' class="tally"' : '';
      return markup`${raw(`<${tag}${look}>`)}${block.items.map((item) => markup`<li>${words(item)}</li>`)}${raw(`</${tag}>`)}\n`;
    }
    case 'numbered':
      return join(
        block.items.map(
          (item) =>
            markup`<div class="numbered"><strong>${item.label}</strong><div><p>${words(item.words)}</p>${item.notes.map((note) => markup`<p class="muted">${words(note)}</p>`)}</div></div>\n`,
        ),
      );
    case 'table':
      return tableHtml(block);
    case 'facts':
      return markup`<table class="facts"><tbody>
${block.rows.map(([name, value]) => markup`<tr><th scope="row">${name}</th><td><div>${cell(value)}</div></td></tr>\n`)}</tbody></table>
`;
    case 'figure':
      return markup`<figure><figcaption>${block.caption}</figcaption>${raw(block.svg)}</figure>\n`;
    case 'callout':
      return markup`<section class="card">\n${inner(block.blocks)}</section>\n`;
    case 'entry':
      return markup`<article class="finding">\n${inner(block.blocks)}</article>\n`;
    case 'blank':
      return markup`<p>${block.label}</p>${Array.from({ length: block.lines }, () => raw('<hr class="line">'))}\n`;
    case 'contents':
      return markup`<h2>${block.title}</h2>\n<ul>${headings.map((heading) => markup`<li>${heading}</li>`)}</ul>\n`;
    case 'page-break':
      return raw('<div class="page-break"></div>\n');
  }
}

function tableHtml(block: Extract<PrintBlock, { readonly kind: 'table' }>): Html {
  const head = block.columns.map((column) => markup`<th scope="col"${classOf(column)}>${column.label}</th>`);
  const rows = block.rows.map((cells) => {
    const items = cells.map((content, index) => {
      const column = block.columns[index];
      const attributes = markup`${column ? classOf(column) : NOTHING}${raw(` data-label="${text(column?.label ?? '').html}"`)}`;
      return index === 0
        ? markup`<th scope="row"${attributes}>${cell(content)}</th>`
        : markup`<td${attributes}><div>${cell(content)}</div></td>`;
    });
    return markup`<tr>${items}</tr>\n`;
  });
  return markup`${raw(rows.length <= 4 ? '<table class="short">' : '<table>')}<caption>${block.caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows}</tbody></table>
`;
}

function classOf({ isNumber, width }: PrintColumn): Html {
  return isNumber ? raw(' class="number"') : width === 'narrow' ? raw(' class="narrow"') : NOTHING;
}

function cell(content: PrintCell): Html {
  if (typeof content !== 'object' || !('lines' in content)) return words(content);
  const [first, ...others] = content.lines;
  if (first === undefined) return NOTHING;
  if (others.length === 0) return words(first);
  return markup`${words(first)}<ul class="notes muted">${others.map((line) => markup`<li>${words(line)}</li>`)}</ul>`;
}

function words(content: Words): Html {
  return typeof content === 'string' ? text(content) : join(content.map(run));
}

function run(one: Run): Html {
  if (typeof one === 'string') return text(one);
  if ('severityMark' in one)
    return markup`<span class="severity ${one.severityMark}">${raw(severityPicture(one.severityMark))}</span>`;
  if ('confidenceMark' in one) return raw(confidencePicture(one.confidenceMark));
  switch (one.style) {
    case 'code':
      return code(one.text);
    case 'strong':
      return markup`<strong>${one.text}</strong>`;
    case 'muted':
    case 'unread':
      return markup`${raw(`<span class="${one.style}">`)}${one.text}</span>`;
    default:
      return markup`${raw(`<span class="severity ${escapeHtml(printable(one.style))}">`)}${one.text}</span>`;
  }
}
