import { IconFile, IconFolder } from '@tabler/icons-react';
import { useState } from 'react';
import type { PathListing } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Row } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { sizeWords } from '../../ui/size.js';
import classes from './add.module.css';

export interface ChosenPath {
  readonly path: string;
  readonly name: string;
  readonly isFolder: boolean;
  readonly sizeBytes: number | null;
}

/** Chooses something where it lies on this computer: nothing is copied through the browser. */
export function PathPicker({
  isOpen,
  onClose,
  onChosen,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onChosen: (chosen: ChosenPath) => void;
}) {
  const t = useTexts();
  const [under, setUnder] = useState('');
  const listing = useRead<PathListing>(`/paths?under=${encodeURIComponent(under)}`, isOpen);
  const choose = (chosen: ChosenPath): void => {
    onChosen(chosen);
    onClose();
  };
  return (
    <Dialog title={t('add.path.title')} isOpen={isOpen} onClose={onClose}>
      <p>{t('add.path.what')}</p>
      <Loaded key={under} query={listing}>
        {({ path, parent, entries, isCut }) => (
          <>
            {path === '' ? null : (
              <>
                <p className="v-mono">
                  <EvidenceText text={path} />
                </p>
                <Row gap="small">
                  {parent === null ? null : (
                    <Button size="small" onClick={() => setUnder(parent)}>
                      {t('add.path.up')}
                    </Button>
                  )}
                  <Button
                    size="small"
                    look="main"
                    onClick={() => choose({ path, name: lastPart(path), isFolder: true, sizeBytes: null })}
                  >
                    {t('add.path.thisFolder')}
                  </Button>
                </Row>
              </>
            )}
            {entries.length === 0 ? <p>{t('add.path.empty')}</p> : null}
            <ul className={classes.paths} aria-label={t('add.path.list')}>
              {entries.map((entry) => (
                <li key={entry.path}>
                  <button
                    type="button"
                    className={classes.path}
                    onClick={() => (entry.isFolder ? setUnder(entry.path) : choose(entry))}
                  >
                    {entry.isFolder ? (
                      <IconFolder aria-label={t('add.path.folder')} size={20} />
                    ) : (
                      <IconFile aria-label={t('add.path.file')} size={20} />
                    )}
                    <EvidenceText text={entry.name} />
                    {entry.sizeBytes === null ? null : (
                      <span className={classes.size}>{sizeWords(entry.sizeBytes, t)}</span>
                    )}
                  </button>
                </li>
              ))}
            </ul>
            {isCut ? <p>{t('add.path.cut')}</p> : null}
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
