/** Which tool wrote a file, told in one place: no two readers read the same one. */
import type { FileProbe } from '../../core/contracts.js';
import { begunJson } from '../../formats/begun-json.js';
import { asList, asObject, type JsonObject, type JsonValue } from '../../formats/json-values.js';
import { headRows } from '../../formats/open-tables.js';
import { decodeHead } from '../../formats/text-lines.js';
import { autorunsTool } from './autoruns-table.js';
import { kapeTool } from './kape-tables.js';
import type { Certainty, TriageLayout, TriageTool } from './layout.js';
import { osqueryTool } from './osquery-tables.js';
import { velociraptorTool } from './velociraptor-artifacts.js';

/** How the rows of a file lie in it. */
export type RowForm =
  | {
      readonly kind: 'delimited';
      readonly delimiter: string;
      /** Row of the names of the columns. */
      readonly headerNumber: number;
      readonly names: readonly string[];
      readonly layout: TriageLayout;
    }
  /** An object on each line. */
  | { readonly kind: 'lines' }
  /** A list, or objects that follow each other in any form. */
  | { readonly kind: 'json'; readonly isUtf16: boolean };

export interface Recognised {
  readonly tool: TriageTool;
  readonly form: RowForm;
  /** Name of the table, by the name of the file. */
  readonly name: string | null;
}

/** From the tool whose tables are the most special to the one that is told by any column of its own. */
const TOOLS: readonly TriageTool[] = [autorunsTool, kapeTool, osqueryTool, velociraptorTool];
const DELIMITERS = [',', '\t', '|', ';'] as const;
/** autorunsc writes its name and owner above the table. */
const HEADER_ROWS = 12;
/** Objects looked at in the beginning of a file. */
const FIRST_OBJECTS = 5;

const known = new WeakMap<FileProbe, Recognised | null>();

/** The tool that wrote a file, or null. */
export function recogniseTriage(probe: FileProbe): Recognised | null {
  let found = known.get(probe);
  if (found === undefined) {
    found = look(probe);
    known.set(probe, found);
  }
  return found;
}

function look(probe: FileProbe): Recognised | null {
  const text = decodeHead(probe.head);
  if (text === null) return null;
  const plain = text.replace(/^\ufeff/, '').trimStart();
  return plain.startsWith('{') || plain.startsWith('[')
    ? lookAtJson(plain, probe)
    : lookAtTable(text, probe.path);
}

// ---------------------------------------------------------------------------------------------------------------
// Tables

function lookAtTable(text: string, path: string): Recognised | null {
  for (const delimiter of DELIMITERS) {
    if (!text.includes(delimiter)) continue;
    for (const { number, cells } of headRows(text, delimiter).slice(0, HEADER_ROWS)) {
      if (cells.length < 2) continue;
      const names = cells.map((cell) => cell.trim());
      const columns = new Set(names);
      for (const tool of TOOLS) {
        const name = tool.tableNameOf(path);
        // A name of the file alone makes the first row the header; what stands above a table does not count.
        const layout = columns.size < 2 ? null : tool.layoutOf(columns, name, 'none');
        if (!layout || (layout.start === null && number > 1)) continue;
        return { tool, form: { kind: 'delimited', delimiter, headerNumber: number, names, layout }, name };
      }
    }
  }
  return null;
}

// ---------------------------------------------------------------------------------------------------------------
// JSON

function lookAtJson(plain: string, { head, path }: FileProbe): Recognised | null {
  const objects = firstObjects(plain);
  for (const tool of TOOLS) {
    const name = tool.tableNameOf(path);
    if (!objects.some((object) => isOwn(object, tool, name))) continue;
    const isLines = plain.startsWith('{') && isWholeLine(plain);
    return { tool, form: isLines ? { kind: 'lines' } : { kind: 'json', isUtf16: isUtf16(head) }, name };
  }
  return null;
}

function isOwn(object: JsonObject, tool: TriageTool, name: string | null): boolean {
  const wrapped = tool.unwrap?.(object);
  if (wrapped) return true;
  return tool.layoutOf(new Set(Object.keys(object)), name, certaintyOf(object)) !== null;
}

/** Whether all values are texts. */
export function certaintyOf(object: JsonObject): Certainty {
  return Object.values(object).every((value) => typeof value === 'string') ? 'strings' : 'none';
}

/** The first whole objects; of the first one its beginning, if there is no more of it. */
function firstObjects(plain: string): readonly JsonObject[] {
  if (plain.startsWith('{')) {
    const lines = plain.split(/\r?\n/, FIRST_OBJECTS + 1);
    if (isWholeLine(plain)) return lines.slice(0, FIRST_OBJECTS).flatMap((line) => objectOf(begunJson(line)));
    return objectOf(begunJson(plain));
  }
  return asList(begunJson(plain)).slice(0, FIRST_OBJECTS).flatMap(objectOf);
}

function objectOf(value: JsonValue | undefined): readonly JsonObject[] {
  const object = asObject(value);
  return object && Object.keys(object).length > 0 ? [object] : [];
}

/** Whether the first line is an object and no more. */
function isWholeLine(plain: string): boolean {
  const end = plain.indexOf('\n');
  if (end === -1) return false;
  try {
    return asObject(JSON.parse(plain.slice(0, end))) !== null;
  } catch {
    return false;
  }
}

function isUtf16(head: Uint8Array): boolean {
  return (
    head[0] === 0 ||
    head[1] === 0 ||
    (head[0] === 0xff && head[1] === 0xfe) ||
    (head[0] === 0xfe && head[1] === 0xff)
  );
}
