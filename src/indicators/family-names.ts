// As research groups name the folders they publish in: `2018-08-01_nso`, `201706_RecklessExploit`.
const DATED_FOLDER = /^(?:19|20)\d\d-?(?:0\d|1[0-2])(?:[-_](?:[0-2]\d|3[01]))?[_-][A-Za-z]/;

/**
 * True for the name of a dated folder. It stands in for the family in lists that name none, and gives way as soon as
 * another list names the same value.
 */
export function isFolderName(name: string): boolean {
  return DATED_FOLDER.test(name);
}
