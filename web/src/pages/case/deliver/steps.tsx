import type { CasePage, ExportProfile } from '../../../api/paths.js';
import { useRead } from '../../../api/queries.js';
import { useTexts } from '../../../texts/texts.js';
import { CheckField, RadioField, TextArea, TextField } from '../../../ui/fields.js';
import { Card, Column, Facts, Fold } from '../../../ui/layout.js';
import { Loaded } from '../../../ui/loaded.js';
import { Notice } from '../../../ui/notice.js';
import { Table } from '../../../ui/table.js';
import classes from './deliver.module.css';
import {
  type Format,
  isRedacted,
  type Order,
  PART_FORMATS,
  PURPOSES,
  type Purpose,
  useDryRun,
  useRefusals,
  WHOLE_FORMATS,
} from './order.js';

interface Step {
  readonly code: string;
  readonly page: CasePage;
  readonly order: Order;
  readonly onChange: (change: Partial<Order>) => void;
}

/** For whom, and what for. What the consent does not allow is listed with the reason. */
export function WhomStep({ code, page, order, onChange }: Step) {
  const t = useTexts();
  const refusals = useRefusals(code);
  const allowed = PURPOSES.filter((purpose) => refusals.get(purpose) === null);
  const refused = PURPOSES.flatMap((purpose) => {
    const reason = refusals.get(purpose);
    return typeof reason === 'string' ? [{ purpose, reason }] : [];
  });
  const organisations = page.consent?.scope.shareWith ?? [];
  return (
    <Column>
      <RadioField<Purpose>
        label={t('deliver.purpose')}
        value={order.purpose}
        onChange={(purpose) => purpose !== '' && onChange({ purpose, recipient: '', formats: [] })}
        choices={allowed.map((value) => ({
          value,
          label: t(`deliver.purposes.${value}.name`),
          help: t(`deliver.purposes.${value}.what`),
        }))}
      />
      {refused.length > 0 ? (
        <Notice title={t('deliver.refusedTitle')}>
          <ul>
            {refused.map(({ purpose, reason }) => (
              <li key={purpose}>
                {t('deliver.refusedOne', {
                  what: t(`deliver.purposes.${purpose}.name`),
                  reason: t(`deliver.refusals.${reason}`),
                })}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {order.purpose === 'share' ? (
        <RadioField
          label={t('deliver.recipient')}
          help={t('deliver.recipientNamed')}
          value={order.recipient}
          onChange={(recipient) => onChange({ recipient })}
          choices={organisations.map((value) => ({ value, label: value }))}
        />
      ) : null}
      {order.purpose !== '' && order.purpose !== 'share' ? (
        <TextField
          label={t('deliver.recipient')}
          help={t('deliver.recipientHelp')}
          value={order.recipient}
          onChange={(recipient) => onChange({ recipient })}
        />
      ) : null}
    </Column>
  );
}

/** Which files. */
export function WhatStep({ code, order, onChange }: Step) {
  const t = useTexts();
  const whole = useDryRun(code, { ...order, formats: ['dossier'], named: 'no' }, order.purpose !== '');
  const isWholeRefused = whole.data?.refused === 'whole-case-purpose';
  const toggle = (format: Format, isChosen: boolean): void =>
    onChange({
      formats: isChosen ? [...order.formats, format] : order.formats.filter((one) => one !== format),
    });
  const field = (format: Format) => (
    <CheckField
      key={format}
      label={t(`deliver.formats.${format}.name`)}
      help={t(`deliver.formats.${format}.what`)}
      value={order.formats.includes(format)}
      onChange={(isChosen) => toggle(format, isChosen)}
    />
  );
  return (
    <Column>
      {isWholeRefused ? (
        <Notice title={t('deliver.refusedTitle')}>
          <ul>
            {WHOLE_FORMATS.map((format) => (
              <li key={format}>
                {t('deliver.refusedOne', {
                  what: t(`deliver.formats.${format}.name`),
                  reason: t('deliver.refusals.whole-case-purpose'),
                })}
              </li>
            ))}
          </ul>
        </Notice>
      ) : (
        <Group legend={t('deliver.wholeCase')} help={t('deliver.wholeCaseHelp')}>
          {WHOLE_FORMATS.map(field)}
        </Group>
      )}
      {order.formats.includes('bundle') ? (
        <Column gap="small">
          <CheckField
            label={t('deliver.withEvidence')}
            help={t('deliver.withEvidenceHelp')}
            value={order.withEvidence}
            onChange={(withEvidence) => onChange({ withEvidence })}
          />
          <TextArea
            label={t('deliver.sealTo')}
            help={t('deliver.sealToHelp')}
            value={order.sealTo}
            onChange={(sealTo) => onChange({ sealTo })}
            isRequired
          />
        </Column>
      ) : null}
      <Group legend={t('deliver.parts')} help={t('deliver.partsHelp')}>
        {PART_FORMATS.map(field)}
      </Group>
    </Column>
  );
}

function Group({
  legend,
  help,
  children,
}: {
  readonly legend: string;
  readonly help: string;
  readonly children: React.ReactNode;
}) {
  return (
    <fieldset className={classes.group}>
      <legend>
        <strong>{legend}</strong>
      </legend>
      <Column gap="small">
        <p>{help}</p>
        {children}
      </Column>
    </fieldset>
  );
}

/** What is hidden: the name, and every field by the profile. */
export function HideStep({ page, order, onChange }: Step) {
  const t = useTexts();
  const profiles = useRead<ExportProfile[]>('/exports/profiles');
  const needsSecond = order.named === 'yes' || page.case.tlp === 'red';
  return (
    <Column>
      <RadioField<'yes' | 'no'>
        label={t('deliver.named')}
        value={order.named}
        onChange={(named) => onChange({ named })}
        choices={[
          { value: 'no', label: t('deliver.namedNo'), help: t('deliver.namedNoHelp') },
          { value: 'yes', label: t('deliver.namedYes'), help: t('deliver.namedYesHelp') },
        ]}
      />
      {needsSecond ? (
        <TextField
          label={t('deliver.approvedBy')}
          help={t('deliver.approvedByHelp')}
          value={order.approvedBy}
          onChange={(approvedBy) => onChange({ approvedBy })}
        />
      ) : null}
      {isRedacted(order) ? (
        <Loaded query={profiles}>
          {(known) => <Profiles profiles={known} order={order} onChange={onChange} />}
        </Loaded>
      ) : null}
    </Column>
  );
}

function Profiles({
  profiles,
  order,
  onChange,
}: {
  readonly profiles: readonly ExportProfile[];
  readonly order: Order;
  readonly onChange: (change: Partial<Order>) => void;
}) {
  const t = useTexts();
  const chosen = profiles.find(({ profile }) => profile === order.profile);
  const treatments = new Set(chosen?.fields.map(({ words }) => words));
  return (
    <Column>
      <RadioField
        label={t('deliver.profile')}
        help={t('deliver.profileHelp')}
        value={order.profile}
        onChange={(profile) => onChange({ profile })}
        choices={profiles.map(({ profile, purpose }) => ({
          value: profile,
          label: t(`deliver.profiles.${profile}.name`),
          help:
            purpose === order.purpose
              ? t('deliver.usual', { what: t(`deliver.profiles.${profile}.what`) })
              : t(`deliver.profiles.${profile}.what`),
        }))}
      />
      {chosen ? (
        <Card>
          <Column>
            <strong>{t('deliver.leaves')}</strong>
            <Facts
              facts={[...treatments].map((words) => [
                words,
                chosen.fields
                  .filter((field) => field.words === words)
                  .map(({ name }) => name)
                  .join('; '),
              ])}
            />
            <Fold summary={t('deliver.oneByOne', { count: chosen.fields.length })}>
              <Table
                caption={t('deliver.leaves')}
                rows={chosen.fields}
                keyOf={({ field }) => field}
                columns={[
                  { name: t('deliver.field'), cell: ({ name }) => name },
                  { name: t('deliver.treatment'), cell: ({ words }) => words },
                ]}
              />
            </Fold>
          </Column>
        </Card>
      ) : null}
    </Column>
  );
}
