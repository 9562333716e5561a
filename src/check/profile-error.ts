import type { TextValues } from '../core/contracts.js';

/** Every way a profile, or a calendar of publications, may be refused; each has a sentence in the language files of the surfaces. */
export const PROFILE_ERROR_CODES = [
  'unreadable',
  'tooLarge',
  'tooDeep',
  'syntax',
  'alias',
  'repeatedKey',
  'unknownKey',
  'notAProfile',
  'missingKey',
  'notAList',
  'notAText',
  'notASection',
  'tooShort',
  'tooLong',
  'dateOrder',
  'timeZone',
  'badValue',
  'publicationDate',
  'calendarUnreadable',
  'calendarTooLarge',
  'calendarColumns',
  'calendarDate',
] as const;

export type ProfileErrorCode = (typeof PROFILE_ERROR_CODES)[number];

/** The profile or the calendar cannot be used. `values` has the path of the file, and where they are known `line` and `key`. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  constructor(
    readonly code: ProfileErrorCode,
    readonly values: TextValues,
  ) {
    super(code);
  }
}
