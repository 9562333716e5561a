import { useState } from 'react';
import type { CasePage } from '../../api/paths.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { Select } from '../../ui/fields.js';
import { Column, Row } from '../../ui/layout.js';
import { Notice } from '../../ui/notice.js';
import { FindingsList } from '../findings/findings-list.js';

/** What the checks of the case found; the newest one first. */
export function FindingsTab({ page: { case: own, runs } }: { readonly page: CasePage }) {
  const t = useTexts();
  const finished = runs.filter(({ finishedAt }) => finishedAt !== null).reverse();
  const [chosen, setChosen] = useState(finished[0]?.id ?? '');
  if (finished.length === 0)
    return (
      <Notice
        actions={
          <LinkButton to="/add" search={{ case: own.code }}>
            {t('case.addEvidence')}
          </LinkButton>
        }
      >
        <p>{t('case.findings.none')}</p>
      </Notice>
    );
  return (
    <Column>
      <Row>
        {finished.length > 1 ? (
          <Select
            label={t('case.findings.which')}
            value={chosen}
            choices={finished.map(({ id, name, startedAt, findings }) => ({
              value: id,
              label: t('case.findings.run', { name, at: t.time(startedAt), count: findings ?? 0 }),
            }))}
            onChange={setChosen}
          />
        ) : null}
        <LinkButton to="/checks/$check/findings" params={{ check: chosen }} look="quiet">
          {t('case.findings.whole')}
        </LinkButton>
        <LinkButton to="/checks/$check/coverage" params={{ check: chosen }} look="quiet">
          {t('case.findings.coverage')}
        </LinkButton>
      </Row>
      <FindingsList key={chosen} check={chosen} />
    </Column>
  );
}
