import { messagesOf } from './texts.js';

export const messages = messagesOf(
  import.meta.glob(['./en.json', '../pages/*/en.json'], { eager: true, import: 'default' }),
);
