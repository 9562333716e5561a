import { messagesOf } from './messages.js';

export const messages = messagesOf(
  import.meta.glob(['./es.json', '../pages/*/es.json'], { eager: true, import: 'default' }),
);
