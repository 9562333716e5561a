import { Link } from '@tanstack/react-router';
import type { Severity } from '../../../../../src/core/contracts.js';
import type { CasePage, EventRow } from '../../../api/paths.js';
import { useRead } from '../../../api/queries.js';
import { useTexts } from '../../../texts/texts.js';
import { Button } from '../../../ui/button.js';
import { CopyButton } from '../../../ui/copy-button.js';
import { SidePanel } from '../../../ui/dialog.js';
import { CoveredText, EvidenceText } from '../../../ui/evidence-text.js';
import { Column, Facts, Row } from '../../../ui/layout.js';
import { SeverityMark } from '../../../ui/severity.js';
import { isPrivate } from './row-text.js';
import classes from './timeline.module.css';
import type { ZoneTime } from './zone-time.js';

/** The whole of a row, beside the list. */
export function RowPanel({
  code,
  row,
  isOpen,
  times,
  onClose,
  onStep,
}: {
  readonly code: string;
  readonly row: EventRow | null;
  readonly isOpen: boolean;
  readonly times: ZoneTime;
  readonly onClose: () => void;
  /** Left out where rows have no order. */
  readonly onStep?: (by: 1 | -1) => void;
}) {
  const t = useTexts();
  return (
    <SidePanel title={t('timeline.row')} isOpen={isOpen && row !== null} onClose={onClose}>
      {row ? <Whole key={row.id} code={code} row={row} times={times} /> : null}
      {onStep ? (
        <Row gap="small">
          <Button onClick={() => onStep(-1)}>{t('timeline.previousRow')}</Button>
          <Button onClick={() => onStep(1)}>{t('timeline.nextRow')}</Button>
        </Row>
      ) : null}
    </SidePanel>
  );
}

function Whole({
  code,
  row,
  times,
}: {
  readonly code: string;
  readonly row: EventRow;
  readonly times: ZoneTime;
}) {
  const t = useTexts();
  const place = [row.evidence, row.path, row.locator].filter((part) => part !== '').join(' › ');
  return (
    <Column>
      <Facts
        facts={[
          [
            t('timeline.time'),
            row.at === null ? t('timeline.noTime') : `${times.format(row.at)} (${times.zone})`,
          ],
          ...(row.at === null ? [] : [[t('timeline.stored'), <code key="at">{row.at}</code>] as const]),
          ...(row.event === '' ? [] : [[t('timeline.event'), row.event] as const]),
          [t('timeline.kindName'), row.kindName],
          [
            t('timeline.what'),
            isPrivate(row) ? (
              <CoveredText key="text" text={row.text} what={row.kindName} />
            ) : (
              <EvidenceText key="text" text={row.text} />
            ),
          ],
          [t('timeline.evidence'), row.evidence],
          [t('timeline.file'), <EvidenceText key="path" text={row.path} isMono />],
          [t('timeline.locator'), <EvidenceText key="locator" text={row.locator} isMono />],
        ]}
      />
      <div>
        <CopyButton text={place}>{t('timeline.copy')}</CopyButton>
      </div>
      <h3>{t('timeline.findings')}</h3>
      {row.findings.length === 0 ? (
        <p>{t('timeline.noFindings')}</p>
      ) : (
        <FindingLinks code={code} findings={row.findings} />
      )}
    </Column>
  );
}

function FindingLinks({
  code,
  findings,
}: {
  readonly code: string;
  readonly findings: EventRow['findings'];
}) {
  const t = useTexts();
  const page = useRead<CasePage>(`/cases/${encodeURIComponent(code)}`);
  return (
    <ul className={classes.findings}>
      {findings.map(({ id, severity }) => {
        const [run = '', finding = ''] = id.split(' ');
        const check = page.data?.runs.find(({ name }) => name === run)?.id;
        return (
          <li key={id}>
            <SeverityMark severity={severity as Severity} />{' '}
            {check === undefined ? (
              <span>{t('timeline.finding', { finding, run })}</span>
            ) : (
              <Link to="/checks/$check/findings/$finding" params={{ check, finding }}>
                {t('timeline.finding', { finding, run })}
              </Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}
