import { flattenMessages, type Messages } from '../../../src/core/language.js';

/** Language files of folders as one: `pages/findings/es.json` `{"title": …}` is `findings.title`. */
export function messagesOf(modules: Readonly<Record<string, unknown>>): Messages {
  return Object.assign(
    {},
    ...Object.entries(modules).map(([path, value]) =>
      flattenMessages(value, /\/pages\/([^/]+)\//.exec(path)?.[1] ?? ''),
    ),
  );
}
