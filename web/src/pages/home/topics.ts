/** What may have happened, in the order of the first screen; the number is the key that opens it. */
export const TOPICS = [
  'message',
  'phone',
  'computer',
  'website',
  'harassment',
  'tower',
  'redirect',
  'seized',
] as const;
export type Topic = (typeof TOPICS)[number];

/** What Vigía reads itself, against what it only keeps with custody so far. */
export const NOT_READ_YET: ReadonlySet<Topic> = new Set<Topic>(['harassment', 'tower']);

/** Steps of each guide; the texts are numbered from 0. */
export const STEPS: Readonly<Record<Topic, number>> = {
  message: 4,
  phone: 5,
  computer: 5,
  website: 4,
  harassment: 5,
  tower: 4,
  redirect: 4,
  seized: 4,
};

export function isTopic(value: string): value is Topic {
  return (TOPICS as readonly string[]).includes(value);
}
