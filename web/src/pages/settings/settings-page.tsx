import { useState } from 'react';
import { ApiFailure, post } from '../../api/client.js';
import type { Settings } from '../../api/paths.js';
import { useSession, useSettings } from '../../shell/session.js';
import { useTexts } from '../../texts/texts.js';
import { Button, LinkButton } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { RadioField, Select, SwitchField, TextField } from '../../ui/fields.js';
import { Card, Facts, Fold, Page, Row, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';

/** Offered first; any other IANA zone of this browser follows. */
const NEAR_ZONES = ['America/Mexico_City', 'America/Tijuana', 'America/Bogota', 'America/Lima', 'UTC'];
const LOCK_MINUTES = [1, 5, 15] as const;

export function SettingsPage() {
  const t = useTexts();
  const settings = useSettings();
  const { state, change } = useSession();
  const [error, setError] = useState<ApiFailure | null>(null);
  const set = (next: Partial<Settings>): void => {
    setError(null);
    change(next).catch((failure: unknown) => {
      if (failure instanceof ApiFailure) setError(failure);
    });
  };
  const zones = [...new Set([settings.timeZone, ...NEAR_ZONES, ...Intl.supportedValuesOf('timeZone')])];
  return (
    <Page title={t('settings.title')} lead={t('settings.lead')}>
      {error ? <Failure error={error} /> : null}
      <Section title={t('settings.shown')}>
        <RadioField
          label={t('settings.language')}
          value={settings.language}
          choices={[
            { value: 'es', label: 'Español' },
            { value: 'en', label: 'English' },
          ]}
          onChange={(language) => language !== '' && set({ language })}
        />
        <Select
          label={t('settings.timeZone')}
          help={t('settings.timeZoneHelp')}
          value={settings.timeZone}
          choices={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
          onChange={(timeZone) => set({ timeZone })}
        />
        <RadioField
          label={t('settings.theme')}
          value={settings.theme}
          choices={(['auto', 'light', 'dark'] as const).map((value) => ({
            value,
            label: t(`settings.themes.${value}`),
          }))}
          onChange={(theme) => theme !== '' && set({ theme })}
        />
        <RadioField
          label={t('settings.density')}
          value={settings.density}
          choices={(['comfortable', 'compact'] as const).map((value) => ({
            value,
            label: t(`settings.densities.${value}`),
          }))}
          onChange={(density) => density !== '' && set({ density })}
        />
        <SwitchField
          label={t('settings.letterKeys')}
          help={t('settings.letterKeysHelp')}
          value={settings.letterKeys}
          onChange={(letterKeys) => set({ letterKeys })}
        />
      </Section>
      <Section title={t('settings.safety')}>
        <SwitchField
          label={t('settings.coverContent')}
          help={t('settings.coverContentHelp')}
          value={settings.coverContent}
          onChange={(coverContent) => set({ coverContent })}
        />
        <RadioField
          label={t('settings.idleLock')}
          help={t('settings.idleLockHelp')}
          value={String(settings.idleLockMinutes)}
          choices={LOCK_MINUTES.map((minutes) => ({
            value: String(minutes),
            label: t('settings.minutes', { minutes }),
          }))}
          onChange={(chosen) => {
            const minutes = LOCK_MINUTES.find((one) => String(one) === chosen);
            if (minutes !== undefined) set({ idleLockMinutes: minutes });
          }}
        />
        <Notice>{t('settings.hideLimits')}</Notice>
      </Section>
      <Section title={t('settings.kept')}>
        <Facts
          facts={[
            [t('settings.folder'), state.is === 'known' ? state.session.vaultFolder : ''],
            [t('settings.version'), state.is === 'known' ? state.session.version : ''],
            [t('settings.licence'), 'AGPL-3.0-or-later'],
          ]}
        />
        <Row>
          <LinkButton to="/indicators">{t('settings.indicators')}</LinkButton>
        </Row>
        <Fold summary={t('settings.limits')}>
          <p>{t('settings.limitsWhat')}</p>
        </Fold>
      </Section>
      <EraseAll />
    </Page>
  );
}

/** Everything of the vault is destroyed: typed confirmation, and what it cannot reach. */
function EraseAll() {
  const t = useTexts();
  const { refresh } = useSession();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiFailure | null>(null);
  const word = t('settings.eraseWord');
  const erase = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await post('/vault/erase', { confirmed: true });
      await refresh();
    } catch (failure) {
      if (failure instanceof ApiFailure) setError(failure);
      setBusy(false);
    }
  };
  return (
    <Section title={t('settings.erase')}>
      <Card>
        <Row isApart>
          <p>{t('settings.eraseWhat')}</p>
          <Button onClick={() => setOpen(true)}>{t('settings.eraseAsk')}</Button>
        </Row>
      </Card>
      <Dialog title={t('settings.erase')} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>{t('settings.eraseCannot')}</p>
        <TextField label={t('settings.eraseType', { word })} value={typed} onChange={setTyped} />
        {error ? <Failure error={error} /> : null}
        <Row>
          <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
          <Button disabled={typed.trim() !== word} isBusy={isBusy} onClick={() => void erase()}>
            {t('settings.eraseDo')}
          </Button>
        </Row>
      </Dialog>
    </Section>
  );
}
