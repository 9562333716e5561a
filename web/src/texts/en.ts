import { messagesOf } from './messages.js';

export const messages = messagesOf(
  import.meta.glob(['./en.json', '../pages/*/en.json'], { eager: true, import: 'default' }),
);
