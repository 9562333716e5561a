/**
 * One row of a CSV file (RFC 4180), without the line end.
 *
 * @example
 * csvRow(['=1+1', 'a "b"']); // `'=1+1,"a ""b"""`
 */
export function csvRow(cells: readonly string[]): string {
  return cells.map(cell).join(',');
}

function cell(text: string): string {
  const guarded = guard(text);
  return /[",;\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/**
 * Evidence must not calculate: a cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP,
 * "CSV Injection"; the full-width signs count where the keyboard has them). Excel in several Spanish-speaking countries
 * separates cells at the semicolon, whatever the quotes, so what follows one is treated as a cell of its own.
 */
function guard(text: string): string {
  const start = /^[\s"']*[=+\-@＝＋－＠]|^[\t\r]/.test(text) ? `'${text}` : text;
  if (!start.includes(';')) return start;
  return start.replace(/;(?=["'\s]*(?:[=+@＝＋＠]|[-－][\w"'=+@]))/g, ";'");
}
