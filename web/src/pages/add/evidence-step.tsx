import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ApiFailure, post } from '../../api/client.js';
import type { CasePage, Check, NewCheck } from '../../api/paths.js';
import { type UploadProgress, UploadRun } from '../../api/uploads.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { DropZone } from '../../ui/drop-zone.js';
import type { GivenItem } from '../../ui/dropped-files.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { CheckField, TextField } from '../../ui/fields.js';
import { takeHandedOver } from '../../ui/handed-over.js';
import { Card, Column, Fold, Row, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Progress } from '../../ui/progress.js';
import { sizeWords } from '../../ui/size.js';
import classes from './add.module.css';
import { type ChosenPath, PathPicker } from './path-picker.js';

/** Above so many files through the browser, reading them where they lie is proposed. */
const MANY_FILES = 2_000;
/** Files given by themselves: each is evidence of its own, up to so many. */
const LOOSE_FILES = 50;

type Given =
  | ({ readonly by: 'path'; readonly id: string } & ChosenPath)
  | { readonly by: 'upload'; readonly id: string; readonly item: GivenItem };

interface Sending {
  readonly run: UploadRun;
  readonly progress: UploadProgress;
  readonly isPaused: boolean;
}

/** What is given, and the way in: where it lies, a folder, a drop, a file. */
export function EvidenceStep({ own, isUnsaved }: { readonly own: CasePage; readonly isUnsaved: boolean }) {
  const t = useTexts();
  const navigate = useNavigate();
  const [given, setGiven] = useState<readonly Given[]>([]);
  const [isPicking, setPicking] = useState(false);
  const [seal, setSeal] = useState(true);
  const [from, setFrom] = useState('');
  const [description, setDescription] = useState('');
  const [sending, setSending] = useState<Sending | null>(null);
  const [isStarting, setStarting] = useState(false);
  const [wasStopped, setStopped] = useState(false);
  const [error, setError] = useState<ApiFailure | null>(null);
  const run = useRef<UploadRun | null>(null);
  const uploads = given.flatMap((one) => (one.by === 'upload' ? [one] : []));
  const files = uploads.reduce((sum, { item }) => sum + item.files.length, 0);
  const isBusy = sending !== null || isStarting;

  useEffect(() => () => run.current?.abort(), []);
  // What was dropped on the first screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the step is shown
  useEffect(() => {
    const items = takeHandedOver();
    if (items.length > 0) add(items);
  }, []);
  useEffect(() => {
    if (sending === null) return;
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [sending]);

  const add = (items: readonly GivenItem[]): void => {
    setError(null);
    const kept = items.filter((item) => item.files.length > 0 || item.missing > 0);
    setGiven((old) => [
      ...old,
      ...together(kept, t('add.evidence.several')).map((item) => ({
        by: 'upload' as const,
        id: crypto.randomUUID(),
        item,
      })),
    ]);
  };
  const send = async (): Promise<void> => {
    if (uploads.length === 0) return;
    const batches = uploads.map(({ id, item }) => ({ batch: id, files: item.files }));
    const begun = new UploadRun(batches, (progress) =>
      setSending((old) => ({ run: begun, progress, isPaused: old?.isPaused ?? false })),
    );
    run.current = begun;
    await begun.done;
  };
  const start = async (): Promise<void> => {
    setError(null);
    setStopped(false);
    setStarting(true);
    try {
      await send();
      const asked: NewCheck = {
        caseCode: own.case.code,
        paths: given.flatMap((one) => (one.by === 'path' ? [one.path] : [])),
        uploads: uploads.map(({ id }) => id),
        from,
        description,
        seal: seal && !isUnsaved,
      };
      const check = await post<Check>('/checks', asked);
      run.current = null;
      await navigate({ to: '/checks/$check', params: { check: check.id } });
    } catch (failure) {
      if (failure instanceof ApiFailure) setError(failure);
      else setStopped(true);
      setSending(null);
      setStarting(false);
    }
  };
  const pause = (): void => {
    if (sending === null) return;
    if (sending.isPaused) sending.run.resume();
    else sending.run.pause();
    setSending({ ...sending, isPaused: !sending.isPaused });
  };
  return (
    <Column gap="large">
      <DropZone
        label={t('add.evidence.drop')}
        fileButton={t('add.evidence.file')}
        folderButton={t('add.evidence.folder')}
        onGiven={add}
        disabled={isBusy}
      >
        <Button disabled={isBusy} onClick={() => setPicking(true)}>
          {t('add.evidence.path')}
        </Button>
      </DropZone>
      <p className={classes.muted}>{t('add.evidence.pathHint')}</p>
      {files > MANY_FILES && !isBusy ? (
        <Notice
          title={t('add.many.title', { files })}
          actions={
            <Button
              onClick={() => {
                setGiven((old) =>
                  old.filter((one) => one.by === 'path' || one.item.files.length <= MANY_FILES),
                );
                setPicking(true);
              }}
            >
              {t('add.many.path')}
            </Button>
          }
        >
          {t('add.many.what')}
        </Notice>
      ) : null}
      {given.length === 0 ? null : (
        <Section title={t('add.given.title')}>
          <ul className={classes.given}>
            {given.map((one) => (
              <li key={one.id}>
                <div>
                  <strong>
                    <EvidenceText text={one.by === 'path' ? one.name : one.item.name} />
                  </strong>
                  <div className={classes.muted}>
                    <GivenDetails given={one} />
                  </div>
                </div>
                <Button
                  size="small"
                  look="quiet"
                  disabled={isBusy}
                  label={t('add.given.removeThis', {
                    name: one.by === 'path' ? one.name : one.item.name,
                  })}
                  onClick={() => setGiven((old) => old.filter(({ id }) => id !== one.id))}
                >
                  {t('add.given.remove')}
                </Button>
              </li>
            ))}
          </ul>
          {isUnsaved ? (
            <p>{t('add.seal.unsaved')}</p>
          ) : (
            <CheckField
              label={t('add.seal.label')}
              help={t(uploads.length > 0 ? 'add.seal.helpUpload' : 'add.seal.help')}
              value={seal}
              onChange={setSeal}
              disabled={isBusy}
            />
          )}
          {isUnsaved ? null : (
            <Fold summary={t('add.receipt.title')}>
              <Column>
                <TextField
                  label={t('add.receipt.from')}
                  help={t('add.receipt.fromHelp')}
                  value={from}
                  onChange={setFrom}
                />
                <TextField
                  label={t('add.receipt.description')}
                  help={t('add.receipt.descriptionHelp')}
                  value={description}
                  onChange={setDescription}
                />
              </Column>
            </Fold>
          )}
          {sending ? (
            <Card>
              <Column gap="small">
                <p>
                  {t('add.sending.what', {
                    sent: sizeWords(sending.progress.sentBytes, t),
                    total: sizeWords(sending.progress.totalBytes, t),
                    files: sending.progress.sentFiles,
                    of: sending.progress.totalFiles,
                  })}
                </p>
                <Progress
                  label={t('add.sending.label')}
                  share={
                    sending.progress.totalBytes === 0
                      ? null
                      : sending.progress.sentBytes / sending.progress.totalBytes
                  }
                />
                <p className={classes.muted} aria-live="polite">
                  {sending.isPaused ? t('add.sending.paused') : t('add.sending.sealed')}
                </p>
                <Row gap="small">
                  <Button onClick={pause}>
                    {t(sending.isPaused ? 'add.sending.go' : 'add.sending.pause')}
                  </Button>
                  <Button onClick={() => sending.run.abort()}>{t('add.sending.stop')}</Button>
                </Row>
              </Column>
            </Card>
          ) : null}
          {error ? <Failure error={error} onRetry={() => void start()} /> : null}
          {wasStopped ? <Notice isAnnounced>{t('add.sending.stopped')}</Notice> : null}
          {sending === null ? (
            <Row>
              <Button look="main" isBusy={isStarting} onClick={() => void start()}>
                {t('add.start')}
              </Button>
            </Row>
          ) : null}
        </Section>
      )}
      <PathPicker
        isOpen={isPicking}
        onClose={() => setPicking(false)}
        onChosen={(chosen) =>
          setGiven((old) =>
            old.some((one) => one.by === 'path' && one.path === chosen.path)
              ? old
              : [...old, { by: 'path', id: crypto.randomUUID(), ...chosen }],
          )
        }
      />
    </Column>
  );
}

function GivenDetails({ given }: { readonly given: Given }) {
  const t = useTexts();
  if (given.by === 'path') {
    return (
      <>
        <EvidenceText text={given.path} />
        {given.sizeBytes === null ? null : ` · ${sizeWords(given.sizeBytes, t)}`} · {t('add.given.byPath')}
      </>
    );
  }
  const { files, missing, isFolder } = given.item;
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <>
      {isFolder
        ? t('add.given.folder', { files: files.length, size: sizeWords(bytes, t) })
        : sizeWords(bytes, t)}
      {missing > 0 ? ` ${t('add.given.missing', { count: missing })}` : null}
    </>
  );
}

/** Very many files by themselves become one folder. */
function together(items: readonly GivenItem[], name: string): readonly GivenItem[] {
  const loose = items.filter(({ isFolder }) => !isFolder);
  if (loose.length <= LOOSE_FILES) return items;
  const files = loose.flatMap(({ files: own }) =>
    own.map(({ file }) => ({ file, relativePath: `${name}/${file.name}` })),
  );
  const missing = loose.reduce((sum, one) => sum + one.missing, 0);
  return [
    ...items.filter(({ isFolder }) => isFolder),
    { name, isFolder: true, files, isCut: false, missing },
  ];
}
