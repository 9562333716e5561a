import type { ResultFinding } from '../../../../src/core/result.js';
import { useTexts } from '../../texts/texts.js';
import { Notice } from '../../ui/notice.js';

/** Said before anything about a finding whose tool somebody close may have put there. */
export function StalkerwareNotice() {
  const t = useTexts();
  return <Notice isAnnounced>{t('finding.stalkerware')}</Notice>;
}

export function concernsStalkerware({ details }: Pick<ResultFinding, 'details'>): boolean {
  return details?.category === 'stalkerware';
}

/** The explanation without the notice, where it begins with it: it is not said twice. */
export function withoutNotice(explanation: string, notice: string): string {
  return explanation.startsWith(notice) ? explanation.slice(notice.length).trimStart() : explanation;
}
