/** Files that go with findings: letters to send, documents for other programs. */
import type { AttachmentDraft, Language } from './contracts.js';
import type { Translator } from './language.js';

/** Folder of them inside an output folder. */
export const ATTACHMENT_FOLDER = 'letters';

/** Names that attachments may have: `incident-1-shield.es.txt`. Other files in their folder are not theirs. */
export const ATTACHMENT_NAME = /^[a-z]{1,20}-\d{1,6}-[a-z]{1,20}(?:\.(?:es|en))?\.(?:txt|json)$/;

/** An attachment as text. @throws when a detector gives it a name that is none, which is a defect */
export function attachmentOf(
  { name, content }: AttachmentDraft,
  translatorOf: (language: Language) => Translator,
): { readonly name: string; readonly text: string } {
  if (!ATTACHMENT_NAME.test(name)) throw new Error(`an attachment cannot be called "${name}"`);
  if ('json' in content) return { name, text: `${JSON.stringify(content.json, null, 2)}\n` };
  const translate = translatorOf(content.language);
  const paragraphs = content.paragraphs.map((lines) =>
    lines.map(({ id, values }) => translate(id, values)).join('\n'),
  );
  return { name, text: `${paragraphs.join('\n\n')}\n` };
}
