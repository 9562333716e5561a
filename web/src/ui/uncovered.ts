import { useState } from 'react';
import { useSettings } from '../shell/session.js';

/** Whether one piece of evidence is covered; forgotten when it leaves the page. */
export function useUncovered(): {
  readonly isCovering: boolean;
  readonly isUncovered: boolean;
  readonly uncover: () => void;
} {
  const [isUncovered, setUncovered] = useState(false);
  return { isCovering: useSettings().coverContent, isUncovered, uncover: () => setUncovered(true) };
}
