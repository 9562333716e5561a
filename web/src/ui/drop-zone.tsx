import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { Button } from './button.js';
import classes from './drop-zone.module.css';
import { chosenItems, entriesOf, type GivenItem, itemsOf } from './dropped-files.js';
import { Column, Row } from './layout.js';

/** As many as the server takes (web.md 5.3). */
const MOST_FILES = 500_000;

/** Where files and folders are dropped, with a button for each beside it: dropping is never the only way. */
export function DropZone({
  label,
  fileButton,
  folderButton,
  limit = MOST_FILES,
  onGiven,
  isBusy = false,
  disabled = false,
  children,
}: {
  readonly label: string;
  readonly fileButton: string;
  readonly folderButton: string;
  /** Files of a folder that are taken; more and the item says `isCut`. */
  readonly limit?: number;
  readonly onGiven: (items: readonly GivenItem[]) => void;
  readonly isBusy?: boolean;
  readonly disabled?: boolean;
  /** Further ways, beside the buttons. */
  readonly children?: ReactNode;
}) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (disabled) return;
    void itemsOf(entriesOf(event.dataTransfer.items), limit).then(onGiven);
  };
  const take = (input: HTMLInputElement): void => {
    if (input.files) onGiven(chosenItems(input.files, limit));
    // The same file can then be chosen again.
    input.value = '';
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition, the buttons inside do the same
    <div
      className={isOver ? `${classes.zone} ${classes.over}` : classes.zone}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <Column gap="small">
        <p>{label}</p>
        <Row gap="small">
          <Button isBusy={isBusy} disabled={disabled} onClick={() => files.current?.click()}>
            {fileButton}
          </Button>
          <Button isBusy={isBusy} disabled={disabled} onClick={() => folder.current?.click()}>
            {folderButton}
          </Button>
          {children}
        </Row>
      </Column>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={(element) => {
          folder.current = element;
          // Not among the attributes that React knows.
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => take(event.currentTarget)}
      />
    </div>
  );
}
